// A client that moves amounts between two accounts, each transfer one transaction.
//
// Half of them state the versions of both accounts, some guard a third account that they only
// look at, the others take any version. A repeat is sent as it was: if it came through it is known
// by its ids whatever it expects, and if it did not, a stale version may refuse it now.
// Thread, errors: as PersistentClient.
#pragma once

#include "tests/crash/persistent_client.hpp"

namespace firn::test {

class TransferringClient final : public PersistentClient {
public:
    TransferringClient(std::uint64_t seed, std::vector<StreamName> accounts);

private:
    SentRequest draw() override;
    SentRequest repeated(const SentRequest& request) const override { return request; }
    std::string body_of(const SentRequest& request) const override;
    void take_success(const SentRequest& request, const boost::json::value& answer) override;
    void take_conflict(const SentRequest& request, const boost::json::value& answer) override;

    std::vector<StreamName> accounts_;
    // Those of a transfer that was refused: their versions are known now, so the next one that
    // states them may well succeed.
    std::vector<StreamName> refused_;
};

}  // namespace firn::test
