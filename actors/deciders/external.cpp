#include "actors/deciders/external.hpp"

#include "actors/json/scanner.hpp"

#include <string>
#include <utility>

namespace firn {

namespace {

class ExternalState final : public FoldedState {
public:
    explicit ExternalState(std::string json) : json_(std::move(json)) {}

    Failure evolve(const EventView& /*event*/) override {
        return failure("the category's decider is external: its clients fold");
    }
    Failure write_json(std::string& out) const override {
        out += json_;
        return nullptr;
    }
    std::size_t memory_bytes() const noexcept override { return sizeof(*this) + json_.capacity(); }

private:
    std::string json_;
};

class ExternalEngine final : public DeciderEngine {
public:
    std::string_view kind() const noexcept override { return external_kind; }
    std::unique_ptr<FoldedState> initial() const override {
        return std::make_unique<ExternalState>("null");
    }
    Restored restore(std::string_view json) const override {
        if (const auto error = validate_json(json)) {
            return failure("The state is not JSON: " + described(*error));
        }
        return std::unique_ptr<FoldedState>(std::make_unique<ExternalState>(std::string(json)));
    }
};

}  // namespace

std::shared_ptr<const DeciderEngine> make_external_engine() {
    return std::make_shared<ExternalEngine>();
}

}  // namespace firn
