#include "tests/crash/transfer_check.hpp"

#include <boost/json.hpp>

#include <map>
#include <set>
#include <stdexcept>

namespace firn::test {

namespace json = boost::json;

namespace {

struct Leg {
    StreamName account;
    std::int64_t amount = 0;
    Position position;
};

void require(bool holds, const std::string& sentence) {
    if (!holds) {
        throw std::runtime_error(sentence);
    }
}

std::int64_t amount_of(const SeenEvent& event) {
    return json::parse(event.data).at("amount").to_number<std::int64_t>();
}

// Acknowledged, or in doubt: the only ones that may be there.
std::set<EventId> possible_ids(const std::vector<std::unique_ptr<PersistentClient>>& clients) {
    std::set<EventId> ids;
    const auto add = [&ids](const SentAppend& append) {
        for (const auto& event : append.events) {
            ids.insert(event.id);
        }
    };
    for (const auto& client : clients) {
        for (const auto& acknowledged : client->acknowledged()) {
            add(acknowledged.sent);
        }
        if (client->in_doubt()) {
            for (const auto& append : client->in_doubt()->appends) {
                add(append);
            }
        }
    }
    return ids;
}

void check_transfer(const std::string& transfer, const std::vector<Leg>& legs) {
    require(legs.size() == 2, "the transfer " + transfer + " is there " +
                                  std::to_string(legs.size()) + " times instead of twice");
    require(legs[0].account != legs[1].account,
            "the transfer " + transfer + " is twice in " + legs[0].account.id);
    require(legs[0].amount == -legs[1].amount,
            "the transfer " + transfer + " takes another amount than it gives");
    // It was sent from the withdrawal to the deposit, in one transaction.
    const auto& [from, to] =
        legs[0].amount < 0 ? std::pair(legs[0], legs[1]) : std::pair(legs[1], legs[0]);
    require(to.position == from.position.next(),
            "other events came between the two of the transfer " + transfer);
}

}  // namespace

void check_transfers(const HistoryCheck& history, const OpenedAccounts& accounts,
                     const std::vector<std::unique_ptr<PersistentClient>>& clients) {
    const auto possible = possible_ids(clients);
    std::map<std::string, std::vector<Leg>> transfers;
    std::int64_t sum = 0;
    for (const auto& account : accounts.names) {
        const auto found = history.streams().find(account);
        require(found != history.streams().end() && found->second.front().type == "Opened" &&
                    amount_of(found->second.front()) == accounts.balance,
                "the account " + account.id + " does not begin with its opening");
        for (const auto& event : found->second) {
            sum += amount_of(event);
            if (event.version == Version{1}) {
                continue;
            }
            require(possible.contains(event.id),
                    "an event that was refused or never sent is there: " + event.data);
            const auto transfer = json::parse(event.data).at("transfer").as_string();
            transfers[std::string(transfer)].push_back({account, amount_of(event), event.position});
        }
    }
    for (const auto& [transfer, legs] : transfers) {
        check_transfer(transfer, legs);
    }
    require(history.streams().size() == accounts.names.size(), "there are other streams");
    require(sum == accounts.balance * static_cast<std::int64_t>(accounts.names.size()),
            "the sum over all accounts is " + std::to_string(sum));
}

}  // namespace firn::test
