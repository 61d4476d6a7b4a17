#include "service/cli/command.hpp"
#include "service/cli/json_layout.hpp"
#include "service/cli/line_output.hpp"
#include "service/cli/quantity.hpp"
#include "service/cli/subscribe/event_command.hpp"
#include "service/cli/subscribe/subscriber.hpp"
#include "service/http/json_text.hpp"

#include <cstdio>

namespace firn::cli {
namespace {

struct SubscribeArguments {
    ClientOptions client;
    std::string name;
    FeedFilters filters;
    std::string from;
    std::string exec;
    unsigned retries = 10;
    bool once = false;

    [[nodiscard]] bool has_settings() const { return filters.any() || !from.empty(); }
};

std::string start_of(const std::string& from) {
    if (from == "beginning" || from == "end") {
        return '"' + from + '"';
    }
    try {
        return std::to_string(parse_count(from));
    } catch (const std::invalid_argument&) {
        throw CommandFailure(ExitCode::usage,
                             "--from takes beginning, end or a position, not \"" + from + "\".");
    }
}

void append_texts(std::string& out, const std::vector<std::string>& texts) {
    out += '[';
    for (const auto& text : texts) {
        out += out.back() == '[' ? "" : ",";
        append_json_string(out, text);
    }
    out += ']';
}

std::string settings_of(const SubscribeArguments& arguments) {
    std::string settings = "{\"category\":";
    append_texts(settings, arguments.filters.categories);
    append_texts(settings += ",\"type\":", arguments.filters.types);
    append_json_string(settings += ",\"id_prefix\":", arguments.filters.id_prefix);
    if (!arguments.from.empty()) {
        settings += ",\"from\":" + start_of(arguments.from);
    }
    return settings + "}";
}

// "the event at position 7 (Placed of order/42)".
std::string describe(std::string_view line) {
    const auto stream = json_member(line, "stream");
    return "the event at position " + std::to_string(json_count(line, "position")) + " (" +
           json_string(line, "type") + " of " + json_string(stream, "category") + "/" +
           json_string(stream, "id") + ")";
}

class Subscribing {
public:
    Subscribing(const SubscribeArguments& arguments, StopSignals& stop)
        : arguments_(arguments),
          stop_(stop),
          subscriber_(arguments.client.server(), arguments.name, stop),
          output_(stop) {}

    void run() {
        prepare();
        for (;;) {
            const auto page = subscriber_.next_page(page_events(), wait());
            if (page.empty() && arguments_.once) {
                return;
            }
            take_page(page);
        }
    }

private:
    // What an event's command takes is not known: a page of them should not get old.
    [[nodiscard]] std::uint64_t page_events() const { return arguments_.exec.empty() ? 1000 : 100; }
    [[nodiscard]] std::chrono::seconds wait() const {
        return std::chrono::seconds(arguments_.once ? 0 : 30);
    }

    void prepare() {
        const auto settings = settings_of(arguments_);
        if (!subscriber_.exists()) {
            subscriber_.create(settings);
        } else if (arguments_.has_settings()) {
            std::fprintf(stderr,
                         "firn: The subscription %s is there already and stays as it is; what it "
                         "should hold or where it should begin is for new ones.\n",
                         arguments_.name.c_str());
        }
    }

    void take_page(std::string_view lines) {
        std::uint64_t position = 0;
        while (!lines.empty()) {
            const auto line = lines.substr(0, lines.find('\n'));
            lines.remove_prefix(std::min(line.size() + 1, lines.size()));
            position = json_count(line, "position");
            if (arguments_.exec.empty()) {
                output_.write(line);
            } else {
                execute(line);
                subscriber_.acknowledge(position);
                stop_.check();
            }
        }
        if (arguments_.exec.empty() && position != 0) {
            output_.flush();
            subscriber_.acknowledge(position);
        }
    }

    void execute(std::string_view line) {
        Backoff backoff;
        for (unsigned failures = 1;; ++failures) {
            const auto code = run_event_command(arguments_.exec, line);
            if (code == 0) {
                return;
            }
            stop_.check();
            const auto what =
                "The command ended with " + std::to_string(code) + " for " + describe(line);
            if (failures > arguments_.retries) {
                throw CommandFailure(
                    ExitCode::exec_failed,
                    what + "; it was run " + std::to_string(failures) +
                        " times. The event is not acknowledged, and comes first next time.");
            }
            std::fprintf(stderr, "firn: %s; trying again (%u of %u).\n", what.c_str(), failures,
                         arguments_.retries);
            stop_.pause(backoff.next());
        }
    }

    const SubscribeArguments& arguments_;
    StopSignals& stop_;
    Subscriber subscriber_;
    LineOutput output_;
};

ExitCode run(const SubscribeArguments& arguments) {
    StopSignals stop;
    Subscribing(arguments, stop).run();
    return ExitCode::ok;
}

}  // namespace

void add_subscribe_command(CLI::App& program, Action& chosen) {
    auto arguments = std::make_shared<SubscribeArguments>();
    auto& command = *program.add_subcommand(
        "subscribe", "Take events through a durable subscription, each until it is dealt with");
    command.add_option("NAME", arguments->name, "The subscription; made if there is none")
        ->required()
        ->type_name("");
    arguments->filters.add_to(command);
    command
        .add_option("--from", arguments->from,
                    "Where a new one begins: beginning (the default), end, or after a POSITION")
        ->type_name("WHERE");
    command
        .add_option("--exec", arguments->exec,
                    "Run this by sh for each event, with its line on standard input")
        ->type_name("COMMAND");
    command
        .add_option("--retries", arguments->retries,
                    "How often a COMMAND that failed is tried again (default: 10)")
        ->type_name("N");
    command.add_flag("--once", arguments->once, "End when there is nothing more");
    arguments->client.add_to(command);
    command.footer(
        "Examples:\n"
        "  firn subscribe invoices --category order --type Placed --exec ./send-invoice\n"
        "  firn subscribe mirror --once >> all-events.ndjson\n"
        "  firn subscribe audit --from end --exec 'jq -r .type >> types.log' --retries 3\n"
        "\n"
        "The server keeps how far the subscription is. Without --exec, events are printed one "
        "JSON\n"
        "object a line, and acknowledged once they are written. With it, each event is\n"
        "acknowledged when COMMAND ended with 0 for it; else COMMAND runs again, after 0.2 s and\n"
        "up to 5 s, and at last this ends with 8. Each event comes at least once: after a crash\n"
        "or a lost connection, the last one may come again. Ctrl-C and SIGTERM let a COMMAND end.\n"
        "\n"
        "`firn subscriptions` lists them; two programs should not share one.");
    command.callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });
}

}  // namespace firn::cli
