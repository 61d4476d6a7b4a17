#include "service/cli/settings.hpp"

#include "service/cli/quantity.hpp"

#include <algorithm>
#include <concepts>
#include <limits>
#include <stdexcept>

namespace firn::cli {
namespace {

void assign(bool& field, std::string_view text) {
    field = parse_bool(text);
}
std::string shown(bool field) {
    return field ? "true" : "false";
}

void assign(std::string& field, std::string_view text) {
    field = text;
}
std::string shown(const std::string& field) {
    return field;
}

void assign(std::filesystem::path& field, std::string_view text) {
    if (text.empty()) {
        throw std::invalid_argument("a path must not be empty");
    }
    field = text;
}
std::string shown(const std::filesystem::path& field) {
    return field.string();
}

void assign(std::vector<std::string>& field, std::string_view text) {
    field.clear();
    while (!text.empty()) {
        const auto comma = std::min(text.find(','), text.size());
        field.emplace_back(text.substr(0, comma));
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
}
std::string shown(const std::vector<std::string>& field) {
    std::string text;
    for (const auto& item : field) {
        text += (text.empty() ? "" : ",") + item;
    }
    return text.empty() ? "none" : text;
}

template <class Rep, class Period>
void assign(std::chrono::duration<Rep, Period>& field, std::string_view text) {
    const auto exact = parse_duration(text);
    field = std::chrono::duration_cast<std::chrono::duration<Rep, Period>>(exact);
    if (field != exact) {
        throw std::invalid_argument("\"" + std::string(text) +
                                    "\" is not a whole number of seconds");
    }
}
template <class Rep, class Period>
std::string shown(std::chrono::duration<Rep, Period> field) {
    return exact_duration(field);
}

template <std::unsigned_integral T>
T narrowed(std::uint64_t value) {
    if (value > std::numeric_limits<T>::max()) {
        throw std::invalid_argument(std::to_string(value) + " is too large; at most " +
                                    std::to_string(std::numeric_limits<T>::max()));
    }
    return static_cast<T>(value);
}

// `get` gives the field of a config; the field's type says how it reads.
template <class Get>
Setting setting(std::string_view name, std::string_view meaning, Get get) {
    return {name, meaning,
            [get](ProgramConfig& config, std::string_view text) { assign(get(config), text); },
            [get](const ProgramConfig& config) { return shown(get(config)); }};
}

template <class Get>
Setting count(std::string_view name, std::string_view meaning, Get get) {
    return {name, meaning,
            [get](ProgramConfig& config, std::string_view text) {
                auto& field = get(config);
                field = narrowed<std::remove_reference_t<decltype(field)>>(parse_count(text));
            },
            [get](const ProgramConfig& config) { return std::to_string(get(config)); }};
}

template <class Get>
Setting size(std::string_view name, std::string_view meaning, Get get) {
    return {name, meaning,
            [get](ProgramConfig& config, std::string_view text) {
                auto& field = get(config);
                field = narrowed<std::remove_reference_t<decltype(field)>>(parse_size(text));
            },
            [get](const ProgramConfig& config) { return exact_size(get(config)); }};
}

Setting listen() {
    return {"listen", "address and port; port 0 takes any free one",
            [](ProgramConfig& config, std::string_view text) {
                auto address = parse_listen(text);
                config.http.address = address.host == "localhost" ? "127.0.0.1" : address.host;
                config.http.port = address.port;
            },
            [](const ProgramConfig& config) {
                return show_listen({config.http.address, config.http.port});
            }};
}

// Gives the field of a config that is, or is not, const.
#define FIRN_FIELD(path)        \
    [](auto& config) -> auto& { \
        return config.path;     \
    }

void add_program(std::vector<Setting>& list) {
    list.push_back(setting("data", "the data directory", FIRN_FIELD(service.data)));
    list.push_back(listen());
    list.push_back(
        count("threads", "that serve requests; 0: one less than processors", FIRN_FIELD(threads)));
    list.push_back(setting("insecure", "allow listening beyond this machine without passwords",
                           FIRN_FIELD(insecure)));
    list.push_back(setting("log.level", "debug, info, warning or error", FIRN_FIELD(log.level)));
}

void add_service(std::vector<Setting>& list) {
    list.push_back(count("commit.waiting_max", "appends waiting; past it: 503",
                         FIRN_FIELD(service.commit.waiting_max)));
    list.push_back(size("commit.waiting_bytes_max", "bytes of appends waiting; past it: 503",
                        FIRN_FIELD(service.commit.waiting_bytes_max)));
    list.push_back(size("commit.group_bytes_max", "bytes that one sync makes durable",
                        FIRN_FIELD(service.commit.group_bytes_max)));
    list.push_back(size("actors.cache_bytes_max", "states held in memory",
                        FIRN_FIELD(service.actors.cache_bytes_max)));
    list.push_back(setting("actors.idle_after", "a state unused this long leaves memory",
                           FIRN_FIELD(service.actors.idle_after)));
    list.push_back(count("actors.inbox_max", "calls waiting for one stream; past it: 503",
                         FIRN_FIELD(service.actors.inbox_max)));
    list.push_back(count("snapshots.every", "events between two snapshots of a stream; 0: none",
                         FIRN_FIELD(service.snapshots.every)));
    list.push_back(count("snapshots.keep", "automatic snapshots that a stream keeps",
                         FIRN_FIELD(service.snapshots.keep)));
    list.push_back(count("subscriptions.count_max", "subscriptions; past it: 503",
                         FIRN_FIELD(service.subscriptions.count_max)));
    list.push_back(count("subscriptions.scan_max", "positions that a read looks at in one go",
                         FIRN_FIELD(service.subscriptions.scan_max)));
    list.push_back(size("store.segment_bytes", "of one journal segment",
                        FIRN_FIELD(service.store.segment_bytes)));
    list.push_back(size("store.pending_bytes_max", "durable, but not settled yet",
                        FIRN_FIELD(service.store.pending_bytes_max)));
    list.push_back(count("store.remembered_ids", "event ids of clients remembered per stream",
                         FIRN_FIELD(service.store.remembered_ids)));
    list.push_back(size("store.map_bytes", "first size of LMDB's map; it grows by itself",
                        FIRN_FIELD(service.store.map_bytes)));
}

void add_http(std::vector<Setting>& list) {
    list.push_back(setting("http.allowed_hosts", "further values of Host, e.g. [\"db.example\"]",
                           FIRN_FIELD(http.allowed_hosts)));
    list.push_back(setting("http.cors_origins", "origins whose pages may call, or [\"*\"]",
                           FIRN_FIELD(http.cors_origins)));
    list.push_back(
        size("http.limits.body_bytes_max", "of a request", FIRN_FIELD(http.limits.body_bytes_max)));
    list.push_back(size("http.limits.event_bytes_max", "of one event",
                        FIRN_FIELD(http.limits.event_bytes_max)));
    list.push_back(count("http.limits.events_per_request_max", "in one append",
                         FIRN_FIELD(http.limits.events_per_request_max)));
    list.push_back(count("http.limits.streams_per_transaction_max", "in one transaction",
                         FIRN_FIELD(http.limits.streams_per_transaction_max)));
    list.push_back(size("http.limits.header_bytes_max", "of a request, its first line included",
                        FIRN_FIELD(http.limits.header_bytes_max)));
    list.push_back(count("http.limits.page_limit_max", "items of one page",
                         FIRN_FIELD(http.limits.page_limit_max)));
    list.push_back(
        size("http.limits.page_bytes_max", "of one page", FIRN_FIELD(http.limits.page_bytes_max)));
    list.push_back(size("http.limits.live_bytes_max", "of events kept at hand for live feeds",
                        FIRN_FIELD(http.limits.live_bytes_max)));
    list.push_back(count("http.limits.connections_max", "at a time; past it: 503",
                         FIRN_FIELD(http.limits.connections_max)));
}

void add_http_timeouts(std::vector<Setting>& list) {
    list.push_back(setting("http.timeouts.header", "from a request's first byte to its head's end",
                           FIRN_FIELD(http.timeouts.header)));
    list.push_back(
        setting("http.timeouts.body", "without a byte of a body", FIRN_FIELD(http.timeouts.body)));
    list.push_back(setting("http.timeouts.response", "without a byte of a response taken",
                           FIRN_FIELD(http.timeouts.response)));
    list.push_back(setting("http.timeouts.idle", "between the requests of a connection",
                           FIRN_FIELD(http.timeouts.idle)));
    list.push_back(setting("http.timeouts.linger", "for a refused client to read its answer",
                           FIRN_FIELD(http.timeouts.linger)));
    list.push_back(setting("http.timeouts.stop", "for requests in flight when stopping",
                           FIRN_FIELD(http.timeouts.stop)));
    list.push_back(setting("http.timeouts.heartbeat", "of a live feed with nothing to tell",
                           FIRN_FIELD(http.timeouts.heartbeat)));
    list.push_back(setting("http.timeouts.progress", "between an import's lines of progress",
                           FIRN_FIELD(http.timeouts.progress)));
    list.push_back(setting("http.timeouts.sweep", "how often the times above are looked at",
                           FIRN_FIELD(http.timeouts.sweep)));
}

#undef FIRN_FIELD

}  // namespace

const std::vector<Setting>& settings() {
    static const auto list = [] {
        std::vector<Setting> all;
        add_program(all);
        add_service(all);
        add_http(all);
        add_http_timeouts(all);
        return all;
    }();
    return list;
}

const Setting* find_setting(std::string_view name) {
    const auto found = std::find_if(settings().begin(), settings().end(),
                                    [&](const Setting& s) { return s.name == name; });
    return found == settings().end() ? nullptr : &*found;
}

std::string variable_of(const Setting& setting) {
    std::string name = "FIRN_";
    for (const char c : setting.name) {
        name += c == '.' ? '_' : (c >= 'a' && c <= 'z') ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return name;
}

}  // namespace firn::cli
