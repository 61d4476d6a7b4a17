// Draws random operations that are worth trying on the store as it stands: mostly on streams that
// exist, at versions near what is there, with repeats of what was appended before.
// Thread: one at a time. Errors: none.
#pragma once

#include "tests/model/operation.hpp"
#include "tests/support/event_builder.hpp"
#include "tests/support/random.hpp"
#include "tests/support/snapshot_builder.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace firn::test {

class OperationSource {
public:
    // `model` tells how things stand; it is only read.
    OperationSource(Random& random, const EventStore& model);

    [[nodiscard]] Operation draw();
    // Says that the group was committed, so that its appends can be repeated and the names of
    // deleted streams make room for new ones.
    void committed(const Commit& commit, const std::vector<TransactionOutcome>& outcomes);

private:
    Commit commit();
    Transaction draw_transaction();
    StreamWrite write(const StreamName& stream);
    StreamWrite start(const StreamName& stream);
    StreamWrite repeat(const StreamWrite& earlier);
    Expected expectation(Version head);
    std::vector<TestEvent> events(std::size_t count, bool from_client);
    TestEvent event(bool from_client);
    Read read();
    Feed feed();
    List list();
    // Snapshots, documents, and events by their ids.
    Operation beside_the_events();
    FindEvent find_event();
    SaveSnapshot save_snapshot();
    LoadSnapshot load_snapshot();
    Version snapshot_version(const StreamName& stream);
    Operation document();
    std::string document_key();
    const StreamName& name();
    Version head_of(const StreamName& stream) const;
    // A number near `around`, now and then 0 or far off.
    std::uint64_t near(std::uint64_t around);
    StreamName new_name();

    Random& random_;
    const EventStore& model_;
    std::vector<StreamName> names_;  // some do not exist yet
    std::vector<StreamName> deleted_;
    std::vector<StreamWrite> repeatable_;  // appends with client ids, a ring
    std::size_t repeatable_next_ = 0;
    std::uint64_t names_made_ = 0;
    std::uint64_t ids_made_ = 0;
};

}  // namespace firn::test
