// Events of one stream, in order, on their way to the server together.
// Thread: built by the reader, then owned by one sender.
#pragma once

#include "service/cli/import/import_line.hpp"
#include "storage/types.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace firn::cli {

class StreamBatch {
public:
    // `before`: how many events of the stream earlier batches hold.
    StreamBatch(std::string stream, Version before) : stream_(std::move(stream)), before_(before) {}

    void add(const ImportEvent& event, std::uint64_t line) {
        const auto begin = text_.size();
        text_ += event.json;
        events_.push_back({begin, text_.size() - begin, event.type_begin, event.type_size,
                           event.data_begin, event.data_size, line});
    }

    [[nodiscard]] const std::string& stream() const noexcept { return stream_; }
    // The stream's version before event 0.
    [[nodiscard]] Version before() const noexcept { return before_; }
    [[nodiscard]] std::size_t size() const noexcept { return events_.size(); }
    [[nodiscard]] std::size_t bytes() const noexcept {
        return text_.size() + events_.size() * sizeof(Place) + sizeof(*this);
    }

    [[nodiscard]] std::string_view json(std::size_t i) const noexcept {
        return std::string_view(text_).substr(events_[i].begin, events_[i].size);
    }
    [[nodiscard]] std::string_view type(std::size_t i) const noexcept {
        return json(i).substr(events_[i].type_begin, events_[i].type_size);
    }
    [[nodiscard]] std::string_view data(std::size_t i) const noexcept {
        return json(i).substr(events_[i].data_begin, events_[i].data_size);
    }
    // Where the event stands in the input.
    [[nodiscard]] std::uint64_t line(std::size_t i) const noexcept { return events_[i].line; }

private:
    struct Place {
        std::size_t begin;
        std::size_t size;
        std::uint32_t type_begin;
        std::uint32_t type_size;
        std::uint32_t data_begin;
        std::uint32_t data_size;
        std::uint64_t line;
    };

    std::string stream_;
    Version before_;
    std::string text_;
    std::vector<Place> events_;
};

}  // namespace firn::cli
