// Clients write to the real program on one directory, which dies again and again beneath them.
// Thread: the test's. Errors: throws std::runtime_error with a sentence at the first thing that is
// not as promised.
#pragma once

#include "tests/crash/history_check.hpp"
#include "tests/crash/persistent_client.hpp"
#include "tests/support/temporary_directory.hpp"

#include <exception>
#include <memory>
#include <vector>

namespace firn::test {

class CrashRun {
public:
    using Clients = std::vector<std::unique_ptr<PersistentClient>>;
    // A directory serves this many rounds: long enough for segments to fill and settle, short
    // enough to read all of it after each.
    static constexpr std::uint64_t rounds_max = 20;

    CrashRun(Random& random, Clients clients);
    virtual ~CrashRun() = default;
    CrashRun(const CrashRun&) = delete;
    CrashRun& operator=(const CrashRun&) = delete;

    // Checks what the last death left, and lets the program die while clients write.
    void round();
    // What is there after the last death, and that it can be closed in good order.
    void finish();

protected:
    [[nodiscard]] const Clients& clients() const noexcept { return clients_; }

private:
    // Once, before any client writes.
    virtual void prepare(std::uint16_t) {}
    // On a thread of its own while clients write; returns when the server is gone.
    virtual void beside_clients(std::uint16_t) {}
    // Beside what every history is checked for.
    virtual void check_more(const HistoryCheck&) const {}
    // The same after the last death.
    virtual void check_last(std::uint16_t, const HistoryCheck&) {}

    void die_while_opening();
    void wait_for_first_answer() const;
    [[nodiscard]] HistoryCheck check(std::uint16_t port);

    Random& random_;
    Clients clients_;
    TemporaryDirectory directory_;
    bool prepared_ = false;
    std::uint64_t events_ = 0;
    std::exception_ptr beside_failed_;
};

}  // namespace firn::test
