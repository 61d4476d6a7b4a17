// A state as JSON Patch operations change it, within the bounds that json_patch.hpp states.
//
// The calls are the operations of RFC 6902, section 4.
// Thread: plain value, one thread.
// Errors: a Failure says what was wrong; the state is void then.
#pragma once

#include "actors/deciders/counting_resource.hpp"
#include "actors/deciders/engine.hpp"
#include "actors/deciders/json_pointer.hpp"
#include "actors/deciders/json_tree.hpp"
#include "actors/json/scanner.hpp"

#include <boost/json/value.hpp>

#include <cstddef>
#include <span>
#include <string_view>

namespace firn {

class PatchedState {
public:
    PatchedState();
    PatchedState(const PatchedState&) = delete;
    PatchedState& operator=(const PatchedState&) = delete;

    // Whether `text` was the JSON of a state; if not, this one is void.
    [[nodiscard]] bool restore(JsonScanner& text);

    // Each event has its effort anew.
    void begin_event() noexcept { effort_ = 0; }
    // Values have the storage of this state.
    [[nodiscard]] Failure add(const JsonPointer& path, boost::json::value& value);
    [[nodiscard]] Failure remove(const JsonPointer& path);
    [[nodiscard]] Failure replace(const JsonPointer& path, boost::json::value& value);
    [[nodiscard]] Failure move(const JsonPointer& from, const JsonPointer& path);
    [[nodiscard]] Failure copy(const JsonPointer& from, const JsonPointer& path);
    [[nodiscard]] Failure test(const JsonPointer& path, const boost::json::value& value);

    [[nodiscard]] const boost::json::value& value() const noexcept { return root_; }
    [[nodiscard]] boost::json::storage_ptr storage() const noexcept { return root_.storage(); }
    [[nodiscard]] std::size_t memory_bytes() const noexcept { return memory_.bytes(); }

private:
    using Tokens = std::span<const std::string_view>;

    [[nodiscard]] Failure find(Tokens tokens, boost::json::value*& found);
    [[nodiscard]] Failure check_growth(const JsonExtent& extent, std::size_t levels_above) const;
    [[nodiscard]] Failure spend(std::size_t weight);
    [[nodiscard]] Failure put(const JsonPointer& path, boost::json::value& value,
                              const JsonExtent& extent);
    [[nodiscard]] Failure put_member(boost::json::object& object, std::string_view name,
                                     boost::json::value& value, const JsonExtent& extent);
    [[nodiscard]] Failure put_element(boost::json::array& array, std::string_view token,
                                      boost::json::value& value, const JsonExtent& extent);
    [[nodiscard]] Failure take(const JsonPointer& path, boost::json::value& taken,
                               JsonExtent& extent);

    CountingResource memory_;  // outlives the state, whose storage it is
    boost::json::value root_;
    std::size_t weight_;
    std::size_t effort_ = 0;
};

}  // namespace firn
