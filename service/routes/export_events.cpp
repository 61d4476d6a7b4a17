// GET /v1/export
#include "service/encoding/content_encoding.hpp"
#include "service/http/error_problem.hpp"
#include "service/routes/event_json.hpp"
#include "service/routes/resources.hpp"

#include <boost/system/system_error.hpp>

#include <limits>
#include <memory>

namespace firn {

namespace {

// Larger pages read the store faster, and hold the thread longer: a few milliseconds.
constexpr std::uint64_t page_bytes = 1u << 20;
constexpr std::uint32_t page_events = 4'096;

// What was committed before the export began, a line an event, in the global order.
class ExportSource final : public BodySource {
public:
    ExportSource(Service& service, FeedQuery query, std::unique_ptr<Encoder> encoder)
        : service_(service),
          query_(std::move(query)),
          head_(service.store().head_position()),
          encoder_(std::move(encoder)) {}

    boost::asio::awaitable<bool> next(std::string& out) override {
        const bool more = query_.after < head_;
        if (more) {
            append_page(out);
        } else {
            encoder_->finish(out);
        }
        co_return more;
    }

private:
    void append_page(std::string& out) {
        const auto page = service_.store().feed(query_);
        if (!page) {
            throw boost::system::system_error(page.error(), "the feed");
        }
        lines_.clear();
        for (const auto& event : page->events) {
            if (event.event.position > head_) {
                break;
            }
            append_export_line(lines_, event);
        }
        encoder_->encode(lines_, out);
        query_.after = page->next_after;
    }

    Service& service_;
    FeedQuery query_;
    const Position head_;
    std::unique_ptr<Encoder> encoder_;
    std::string lines_;
};

}  // namespace

bool export_events(const Call& call) {
    const auto& target = call.request.target;
    FeedQuery query;
    const auto after =
        number_parameter(target, "after", 0, std::numeric_limits<std::int64_t>::max());
    if (!after) {
        after.error().write_to(call.response);
        return true;
    }
    auto categories = category_filter_of(target);
    if (!categories) {
        categories.error().write_to(call.response);
        return true;
    }
    query.categories = *std::move(categories);
    query.after = Position{after->value_or(0)};
    query.limit = page_events;
    query.bytes_max = page_bytes;
    query.scan_max = 20'000;
    const auto encoding = choose_encoding(call.request.headers.accept_encoding);
    auto& response = call.response;
    response.content_type = content_types::ndjson;
    response.add_header("Vary", "Accept-Encoding");
    if (encoding != ContentEncoding::identity) {
        response.add_header("Content-Encoding", name_of(encoding));
    }
    response.source =
        std::make_unique<ExportSource>(call.service, std::move(query), make_encoder(encoding));
    return true;
}

}  // namespace firn
