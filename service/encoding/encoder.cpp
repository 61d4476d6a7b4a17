#include "service/encoding/encoder.hpp"

namespace firn {

namespace {

class PlainEncoder final : public Encoder {
public:
    void encode(std::string_view in, std::string& out) override { out.append(in); }
    void finish(std::string&) override {}
};

}  // namespace

std::unique_ptr<Encoder> make_plain_encoder() {
    return std::make_unique<PlainEncoder>();
}

}  // namespace firn
