// A client that appends to one stream at a time, at the version that it knows. A repeat states no
// version: its ids say enough.
// Thread, errors: as PersistentClient.
#pragma once

#include "tests/crash/persistent_client.hpp"

namespace firn::test {

class AppendingClient final : public PersistentClient {
public:
    AppendingClient(std::uint64_t seed, std::vector<StreamName> streams);

private:
    SentRequest draw() override;
    SentRequest repeated(const SentRequest& request) const override;
    std::string body_of(const SentRequest& request) const override;
    void take_success(const SentRequest& request, const boost::json::value& answer) override;
    void take_conflict(const SentRequest& request, const boost::json::value& answer) override;

    std::vector<StreamName> streams_;
};

}  // namespace firn::test
