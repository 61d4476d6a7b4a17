// GET /v1/export
#include "actors/catch_up.hpp"
#include "service/encoding/content_encoding.hpp"
#include "service/http/error_problem.hpp"
#include "service/routes/event_json.hpp"
#include "service/routes/resources.hpp"

#include <boost/system/system_error.hpp>

#include <limits>
#include <memory>

namespace firn {

namespace {

// About what one write to the socket takes; less would be more turns and system calls.
constexpr std::size_t piece_bytes = 240u << 10;
constexpr std::size_t piece_room_bytes = 256u << 10;
constexpr std::size_t entries_at_once = 32;

// What was committed before the export began, a line an event, in the global order.
class ExportSource final : public BodySource {
public:
    ExportSource(Service& service, FeedQuery query, ContentEncoding encoding)
        : head_(service.store().head_position()),
          reader_(service.catch_up(std::move(query))),
          encoder_(encoding == ContentEncoding::identity ? nullptr : make_encoder(encoding)) {}

    boost::asio::awaitable<bool> next(std::string& out) override {
        const bool more = !done_ && reader_->looked_at() < head_;
        if (more && encoder_) {
            lines_.clear();
            append_lines(lines_);
            encoder_->encode(lines_, out);
        } else if (more) {
            append_lines(out);
        } else if (encoder_) {
            encoder_->finish(out);
        }
        co_return more;
    }

private:
    void append_lines(std::string& out) {
        const auto begin = out.size();
        out.reserve(begin + piece_room_bytes);
        while (!done_ && reader_->looked_at() < head_ && out.size() - begin < piece_bytes) {
            const auto entries = reader_->next(entries_at_once);
            if (!entries) {
                throw boost::system::system_error(entries.error(), "the feed");
            }
            for (const auto& entry : *entries) {
                if (entry.event.position > head_) {
                    done_ = true;
                    break;
                }
                append_export_line(out, entry);
            }
            if (entries->empty()) {
                return;  // a rare category takes many looks; others come in between
            }
        }
    }

    const Position head_;
    const std::unique_ptr<CatchUp> reader_;
    const std::unique_ptr<Encoder> encoder_;  // null: as it is
    std::string lines_;
    bool done_ = false;
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
    const auto encoding = choose_encoding(call.request.headers.accept_encoding);
    auto& response = call.response;
    response.content_type = content_types::ndjson;
    response.add_header("Vary", "Accept-Encoding");
    if (encoding != ContentEncoding::identity) {
        response.add_header("Content-Encoding", name_of(encoding));
    }
    response.source = std::make_unique<ExportSource>(call.service, std::move(query), encoding);
    return true;
}

}  // namespace firn
