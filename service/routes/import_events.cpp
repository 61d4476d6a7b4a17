// POST /v1/import
#include "service/encoding/content_encoding.hpp"
#include "service/http/json_object.hpp"
#include "service/routes/import/importer.hpp"
#include "service/routes/json_body.hpp"
#include "service/routes/resources.hpp"

#include <chrono>
#include <memory>

namespace firn {

namespace asio = boost::asio;

namespace {

JsonObject& add_counts(JsonObject& json, const Importer::Counts& counts) {
    return json.add("lines", counts.lines)
        .add("appended", counts.appended)
        .add("skipped", counts.skipped)
        .add("position", counts.position.value());
}

// A line of progress; the last one says that it is, or why the import ended.
void append_progress(std::string& out, const Importer& importer, bool more) {
    JsonObject json(out);
    if (importer.problem()) {
        Response problem;
        importer.problem()->write_to(problem);
        // As a body of its own it ends with a line feed; here it is within a line.
        const std::string_view body = problem.body;
        json.begin("problem").append(body.substr(0, body.find_last_of('}') + 1));
    } else {
        json.flag("done", !more);
    }
    add_counts(json, importer.counts()).end();
    out.push_back('\n');
}

class ImportSource final : public BodySource {
public:
    ImportSource(std::unique_ptr<Importer> importer, std::chrono::milliseconds period)
        : importer_(std::move(importer)), period_(period) {}

    asio::awaitable<bool> next(std::string& out) override {
        const bool more = begun_ ? co_await importer_->advance(period_) : true;
        begun_ = true;
        append_progress(out, *importer_, more);
        co_return more;
    }

private:
    std::unique_ptr<Importer> importer_;
    const std::chrono::milliseconds period_;  // how often the client hears how far it is
    bool begun_ = false;                      // the first line says what the answer waited for
};

Read<ContentEncoding> check(const Call& call) {
    const auto& request = call.request;
    if (const auto problem = check_no_precondition(request)) {
        return *problem;
    }
    if (request.body_format == BodyFormat::json) {
        return Problem(Slug::unsupported_media_type,
                       "An import is lines: its Content-Type is application/x-ndjson.");
    }
    const auto encoding = content_encoding_of(request.headers.content_encoding);
    if (!encoding) {
        return Problem(Slug::unsupported_media_type,
                       "The Content-Encoding \"" + std::string(*request.headers.content_encoding) +
                           "\" is not understood; zstd and gzip are.");
    }
    return *encoding;
}

}  // namespace

asio::awaitable<void> import_events(Call call) {
    const auto encoding = check(call);
    if (!encoding) {
        encoding.error().write_to(call.response);
        co_return;
    }
    const auto period = call.config.timeouts.progress;
    auto importer = std::make_unique<Importer>(call, make_decoder(*encoding));
    const bool more = co_await importer->advance(period);
    // What goes wrong at once is told by the status; later only the last line can tell.
    if (importer->problem()) {
        const auto& counts = importer->counts();
        Problem(*importer->problem())
            .with("lines", counts.lines)
            .with("appended", counts.appended)
            .with("skipped", counts.skipped)
            .write_to(call.response);
        co_return;
    }
    call.response.content_type = content_types::ndjson;
    if (more) {
        call.response.source = std::make_unique<ImportSource>(std::move(importer), period);
    } else {
        append_progress(call.response.body, *importer, false);
    }
}

}  // namespace firn
