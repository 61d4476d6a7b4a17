// How fast does a new subscriber catch up with everything over HTTP, beside nginx serving a file?
//
// Unit: MB/s of body, and the share of nginx's in the same run; medians of 5 rounds, in turns.
// 1,000,000 events of 200 bytes (their lines are longer), settled, as NDJSON: GET /v1/export in
// one streamed answer, and GET /v1/events?limit=10000 page after page over one connection. nginx
// serves the same bytes as a file from the page cache, by sendfile; the client is the same.
// It checks that both ways are the file byte by byte, that the file is what was imported, and in
// every round the number of lines and bytes.
// Needs nginx (Debian package nginx-light). Exit 77: it is missing.
//
// Usage: http_catch_up [--smoke] [--data DIR] [--firn PROGRAM] [arguments of firn serve]

#include "perf/support/connection.hpp"
#include "perf/support/load.hpp"
#include "perf/support/measure.hpp"
#include "perf/support/server.hpp"

#include <fmt/format.h>

#include <cstring>
#include <fstream>

namespace firn::perf {

namespace {

constexpr std::size_t rounds = 5;
constexpr int skipped = 77;

struct Size {
    std::size_t events;
    std::size_t streams;
};

struct Seen {
    std::uint64_t bytes = 0;
    std::uint64_t lines = 0;

    void add(std::string_view text) {
        bytes += text.size();
        while (const auto* const end =
                   static_cast<const char*>(std::memchr(text.data(), '\n', text.size()))) {
            ++lines;
            text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
            if (text.empty()) {
                return;
            }
        }
    }
    bool operator==(const Seen&) const = default;
};

bool has_nginx() {
    return std::system("nginx -v >/dev/null 2>&1") == 0;
}

std::unique_ptr<Server> serve_file(const std::filesystem::path& work) {
    const auto port = free_port();
    const auto own = work / "nginx";
    std::filesystem::create_directories(own);
    std::ofstream(own / "nginx.conf") << fmt::format(
        // One process: there is one connection, and no worker can be left behind.
        "daemon off; master_process off; pid {0}/pid; error_log {0}/error.log crit;\n"
        "events {{ worker_connections 64; }}\n"
        "http {{\n"
        "  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;\n"
        "  client_body_temp_path {0}/body; proxy_temp_path {0}/proxy;\n"
        "  fastcgi_temp_path {0}/fastcgi; uwsgi_temp_path {0}/uwsgi; scgi_temp_path {0}/scgi;\n"
        "  server {{\n"
        "    listen 127.0.0.1:{1};\n"
        "    default_type application/x-ndjson;\n"
        "    location / {{ root {2}; }}\n"
        "  }}\n"
        "}}\n",
        own.string(), port, (work / "files").string());
    return std::make_unique<Server>(
        std::vector<std::string>{"nginx", "-c", own / "nginx.conf", "-e", own / "error.log"}, port,
        own / "log");
}

void fill(std::uint16_t port, const Size& size) {
    constexpr std::size_t at_once = 50'000;
    std::mt19937_64 random{42};
    Connection connection(port);
    for (std::size_t done = 0; done < size.events;) {
        std::string lines;
        const auto end = std::min(done + at_once, size.events);
        for (; done < end; ++done) {
            lines += fmt::format(
                R"({{"stream":{{"category":"perf","id":"{}"}},"type":"LinesChanged","data":{}}})"
                "\n",
                random() % size.streams, data_of(random));
        }
        std::string answer;
        const auto head =
            connection.post("/v1/import", "Content-Type: application/x-ndjson\r\n", lines,
                            [&](std::string_view text) { answer.append(text); });
        check(is_ok(head) && answer.find(R"("done":true)") != answer.npos &&
                  answer.find(fmt::format(R"("position":{}}})", done)) != answer.npos,
              "the import failed: " + answer);
    }
}

void by_export(Connection& connection, const Connection::Sink& sink) {
    check(is_ok(connection.get("/v1/export", "", sink)), "the export failed");
}

void by_pages(Connection& connection, const Connection::Sink& sink) {
    std::string target = "/v1/events?limit=10000";
    for (bool more = true; more;) {
        more = false;
        const auto head =
            connection.get(target, "Accept: application/x-ndjson\r\n", [&](std::string_view text) {
                more = true;
                sink(text);
            });
        check(is_ok(head), "a page failed: " + head);
        // <…>; rel="next"
        const auto link = field_of(head, "Link");
        check(link.starts_with('<'), "a page has no next one");
        target = link.substr(1, link.find('>') - 1);
    }
}

void by_nginx(Connection& connection, const Connection::Sink& sink) {
    check(is_ok(connection.get("/all.ndjson", "", sink)), "nginx does not serve the file");
}

using Way = void (*)(Connection&, const Connection::Sink&);

Seen save_export(std::uint16_t port, const std::filesystem::path& file) {
    Connection connection(port);
    std::ofstream out(file, std::ios::binary);
    Seen seen;
    by_export(connection, [&](std::string_view text) {
        out << text;
        seen.add(text);
    });
    out.close();
    check(out.good(), "cannot write " + file.string());
    return seen;
}

// Also warms up the page cache.
void check_same(std::uint16_t port, Way way, const std::filesystem::path& file) {
    Connection connection(port);
    std::ifstream in(file, std::ios::binary);
    std::string expected;
    way(connection, [&](std::string_view text) {
        expected.resize(text.size());
        in.read(expected.data(), static_cast<std::streamsize>(text.size()));
        check(in.good() && expected == text, "what was read is not the file");
    });
    check(in.peek() == std::ifstream::traits_type::eof(), "less was read than the file holds");
}

double rate(std::uint16_t port, Way way, const Seen& all) {
    Connection connection(port);
    Seen seen;
    const auto spent =
        seconds([&] { way(connection, [&](std::string_view text) { seen.add(text); }); });
    check(seen == all, fmt::format("{} lines of {} bytes were read, not {} of {}", seen.lines,
                                   seen.bytes, all.lines, all.bytes));
    return static_cast<double>(seen.bytes) / spent / 1e6;
}

int run(const Options& options) {
    if (!has_nginx()) {
        fmt::print("nginx is not installed: nothing was measured\n");
        return skipped;
    }
    const auto size = options.smoke ? Size{20'000, 100} : Size{1'000'000, 10'000};
    const WorkDirectory work(options, "http-catch-up");
    auto firn = serve_firn(options, work.path());
    fill(firn->port(), size);
    // Stopping settles everything.
    firn->stop();
    firn = serve_firn(options, work.path());

    std::filesystem::create_directories(work.path() / "files");
    const auto file = work.path() / "files" / "all.ndjson";
    const auto all = save_export(firn->port(), file);
    check(all.lines == size.events, "the export leaves something out");
    const auto nginx = serve_file(work.path());
    fmt::print("# catching up with {} events of 200 bytes over HTTP, {:.0f} MB of lines\n# {}\n",
               size.events, static_cast<double>(all.bytes) / 1e6, machine(work.path()));
    std::fflush(stdout);
    check_same(nginx->port(), by_nginx, file);
    check_same(firn->port(), by_export, file);
    check_same(firn->port(), by_pages, file);

    fmt::print("{:>10} {:>12} {:>12} {:>7} {:>12}\n", "", "nginx MB/s", "firn MB/s", "share",
               "firn ev/s");
    struct Measured {
        const char* name;
        Way way;
        std::vector<double> rates;
        std::vector<double> shares;
    };
    Measured ours[] = {{"export", by_export, {}, {}}, {"pages", by_pages, {}, {}}};
    std::vector<double> theirs;
    for (std::size_t round = 0; round < rounds; ++round) {
        theirs.push_back(rate(nginx->port(), by_nginx, all));
        for (auto& one : ours) {
            one.rates.push_back(rate(firn->port(), one.way, all));
            one.shares.push_back(one.rates.back() / theirs.back());
        }
    }
    for (const auto& one : ours) {
        const auto mb = median(one.rates);
        fmt::print("{:>10} {:>12.0f} {:>12.0f} {:>7.2f} {:>12.0f}\n", one.name, median(theirs), mb,
                   median(one.shares),
                   mb * 1e6 / static_cast<double>(all.bytes) * static_cast<double>(all.lines));
    }
    nginx->stop();
    firn->stop();
    return 0;
}

}  // namespace

}  // namespace firn::perf

int main(int argc, char** argv) {
    return firn::perf::run(firn::perf::options(argc, argv));
}
