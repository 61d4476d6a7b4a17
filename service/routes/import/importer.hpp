// Carries an import out: lines in, batches into the store, counts out.
//
// 1. Lines are gathered to a batch, which bounds the memory whatever the import's length.
// 2. Its runs are planned against the streams' heads. Where a line states its version, what is
//    there already is compared and passed over, and a gap is an error: so an import can be
//    repeated, and goes on where an earlier one ended. Lines without one are appended as they come.
// 3. What is left goes to the commit queue in one piece, in the order of the lines.
// 4. If somebody else appended meanwhile, what did not take its place is planned again.
// What stands before a line that cannot be imported is imported; of its stream, nothing behind it.
// Thread: one session's. Errors: a Problem with `line`; what was appended before stays.
#pragma once

#include "service/routes/call.hpp"
#include "service/routes/import/body_lines.hpp"
#include "service/routes/import/import_batch.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace firn {

class Importer {
public:
    struct Counts {
        std::uint64_t lines = 0;     // done with
        std::uint64_t appended = 0;  // events, and snapshots that streams began with
        std::uint64_t skipped = 0;   // that were there already, and what stands for deleted streams
        Position position;           // of the last event appended; 0: none was
    };

    // The call's request and what it views must outlive it.
    Importer(const Call& call, std::unique_ptr<Decoder> decoder);

    // Goes on for about so long, though nothing may come. False: it has ended; problem() may say
    // why.
    boost::asio::awaitable<bool> advance(std::chrono::milliseconds time);

    [[nodiscard]] const Counts& counts() const noexcept { return counts_; }
    [[nodiscard]] const std::optional<Problem>& problem() const noexcept { return problem_; }

private:
    using Run = ImportBatch::Run;
    using Clock = std::chrono::steady_clock;
    struct Wave {
        std::vector<Transaction> transactions;
        std::vector<std::size_t> runs;                   // of each transaction
        std::unordered_map<std::string, Version> heads;  // by stream, after the wave
        ImportBatch::Ids ids;                            // that its lines state
        bool full = false;                               // nothing may stand behind what it holds
    };
    enum class Planned : std::uint8_t { yes, later, failed };

    // Gathers lines until the batch is full, or until then if nothing comes. False: a line, or the
    // body, was wrong.
    boost::asio::awaitable<bool> gather(Clock::time_point until);
    boost::asio::awaitable<bool> commit_batch();
    [[nodiscard]] Wave plan();
    [[nodiscard]] Planned plan_run(Wave& wave, std::size_t index);
    // A $snapshot: its stream begins with it, or is past it already.
    [[nodiscard]] Planned plan_anchor(Wave& wave, std::size_t index);
    // None, after a failure: the stream cannot be asked.
    [[nodiscard]] std::optional<Version> head_of(const Run& run);
    // How many of the run's first events the stream holds already. None: it holds others.
    [[nodiscard]] std::optional<std::size_t> count_there(const Run& run, Version head);
    // Whether an append of the run, without versions, may be refused for its ids.
    [[nodiscard]] bool may_be_refused(const Wave& wave, const Run& run) const;
    // Whether the stream holds just its events from there on.
    [[nodiscard]] bool repeats(const Run& run, Version first) const;
    // False: it cannot go on.
    [[nodiscard]] bool take_outcomes(const std::vector<std::size_t>& runs,
                                     const std::vector<TransactionOutcome>& outcomes);
    [[nodiscard]] bool take_outcome(Run& run, const TransactionOutcome& outcome);
    [[nodiscard]] bool take_success(Run& run, const StreamOutcome& done);
    void finish(Run& run);
    bool fail(std::uint64_t line, Problem problem);

    Service& service_;
    const HttpConfig::Limits& limits_;
    const Request& request_;
    BodyLines lines_;
    ImportLine line_;
    ImportBatch batch_;
    Counts counts_;
    bool body_ended_ = false;
    bool busy_ = false;       // the commit queue had no room
    unsigned fruitless_ = 0;  // waves in a row that brought nothing
    std::optional<Problem> problem_;
    std::optional<Problem> line_problem_;  // told once what came before it is done
};

}  // namespace firn
