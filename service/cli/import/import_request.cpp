#include "service/cli/import/import_request.hpp"

#include "service/cli/json_layout.hpp"
#include "service/cli/refusal.hpp"

#include <exception>

namespace firn::cli {

namespace {

class ImportRequest {
public:
    ImportRequest(const ImportTarget& target, ImportBody& body, ImportCounters& counters)
        : target_(target), body_(body), counters_(counters) {}

    void run() {
        HttpStream stream(target_.server, request(), {}, target_.stop);
        if (stream.status() != 200) {
            const auto answer = stream.rest();
            count(answer.body);
            refuse(answer);
        }
        std::string text;
        for (auto piece = stream.read(); !piece.empty(); piece = stream.read()) {
            text += piece;
            take_lines(text);
        }
        if (!done_) {
            throw CommandFailure(ExitCode::unreachable,
                                 "The server at " + target_.server.text() +
                                     " ended its answer before the import was done.");
        }
        if (failure_) {
            std::rethrow_exception(failure_);
        }
    }

private:
    StreamAsk request() {
        StreamAsk ask{"/v1/import", {{"Content-Type", "application/x-ndjson"}}, nullptr};
        if (!body_.encoding().empty()) {
            ask.fields.push_back({"Content-Encoding", std::string(body_.encoding())});
        }
        ask.body = [this] { return next_piece(); };
        return ask;
    }

    std::string_view next_piece() {
        try {
            const auto piece = body_.next();
            counters_.input_offset = body_.input_offset();
            return piece;
        } catch (const CommandFailure&) {
            failure_ = std::current_exception();
            return {};
        }
    }

    void take_lines(std::string& text) {
        std::size_t begin = 0;
        for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
            take_line(std::string_view(text).substr(begin, end - begin));
            begin = end + 1;
        }
        text.erase(0, begin);
    }

    // {"done":false,"lines":…,"appended":…,"skipped":…,"position":…}, or with a problem.
    void take_line(std::string_view line) {
        count(line);
        const auto problem = json_member(line, "problem");
        if (!problem.empty()) {
            HttpAnswer answer;
            answer.body = problem;
            answer.status = static_cast<unsigned>(json_count(problem, "status"));
            refuse(answer);
        }
        done_ = json_member(line, "done") == "true";
    }

    void count(std::string_view progress) {
        counters_.appended = json_count(progress, "appended");
        counters_.skipped = json_count(progress, "skipped");
        counters_.events = json_count(progress, "lines");
    }

    [[noreturn]] void refuse(const HttpAnswer& answer) const {
        const auto failure = refusal(answer);
        const auto slug = read_problem(answer).slug;
        const auto line = json_count(answer.body, "line");
        const auto where =
            body_.input_name() + (line == 0 ? "" : ", line " + std::to_string(line)) + ": ";
        const bool is_input = slug == "bad-request" || slug == "too-large";
        throw CommandFailure(is_input ? ExitCode::bad_input : failure.code(),
                             (slug.empty() ? "" : where) + failure.what());
    }

    const ImportTarget& target_;
    ImportBody& body_;
    ImportCounters& counters_;
    std::exception_ptr failure_;  // of the body
    bool done_ = false;
};

}  // namespace

void run_import(const ImportTarget& target, ImportBody& body, ImportCounters& counters) {
    counters.input_size = body.input_size().value_or(0);
    ImportRequest(target, body, counters).run();
}

}  // namespace firn::cli
