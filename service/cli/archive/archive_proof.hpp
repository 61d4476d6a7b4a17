// Proves by chain hashes that an exported file holds the events of which a server's streams were
// made, those that were deleted by compaction among them.
//
// The file's events are hashed into each stream's chain as they are read. The server says what the
// chain is at two versions: at the last deleted one (its anchor has it) and at the head. Where the
// file ends in between, the events that the server still holds up to there are hashed on from the
// anchor's.
// Thread: one. Errors: CommandFailure: bad_input where the file is no export, those of HttpClient.
#pragma once

#include "service/cli/http_client.hpp"
#include "service/cli/import/input_text.hpp"
#include "storage/types.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace firn {
struct ImportLine;
}

namespace firn::cli {

struct ArchiveFindings {
    std::uint64_t events = 0;
    std::uint64_t streams = 0;
    std::uint64_t proven_events = 0;
    std::uint64_t proven_streams = 0;
    std::uint64_t deleted_events = 0;   // of the proven ones: no longer held by the server
    std::vector<std::string> problems;  // streams that are not what the server had, or cannot be
};

class ArchiveProof {
public:
    explicit ArchiveProof(HttpClient client) : client_(std::move(client)) {}

    [[nodiscard]] ArchiveFindings prove(InputText& input);

private:
    struct Stream {
        StreamName name;
        Version first;  // in the file
        Version last;
        Hash chain{};
        // As the server has them.
        Version cut;  // the last deleted version
        Version head;
        std::optional<Hash> cut_chain;
        std::optional<Hash> head_chain;
        bool matched_cut = false;
        bool matched_head = false;
        std::string problem;
    };

    void take(const ImportLine& line, std::uint64_t number);
    void take_stand_in(const ImportLine& line, std::uint64_t number);
    Stream& stream_of(const StreamName& name);
    void ask_server(Stream& stream);
    void begin(Stream& stream, const ImportLine& line) const;
    static void compare(Stream& stream);
    // The file ends between the cut and the head.
    void prove_rest(Stream& stream);
    [[nodiscard]] std::optional<Hash> chain_at(const Stream& stream, Version version);

    HttpClient client_;
    std::map<StreamName, Stream> streams_;
    std::uint64_t events_ = 0;
};

}  // namespace firn::cli
