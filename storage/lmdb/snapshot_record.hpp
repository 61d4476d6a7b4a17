// A snapshot's record in the tables snapshots and anchors; a document's in documents.
//
// storage/FORMAT.md gives them byte by byte. The checksums cover the keys too, so a record under
// a wrong key is found. A long state is stored compressed if that makes it smaller.
// Thread: plain functions. Errors: decoding answers nothing where the bytes do not check.
#pragma once

#include "storage/snapshot_store.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace firn::lmdb {

[[nodiscard]] std::string encode_snapshot(StreamNumber stream, const Snapshot& snapshot);
[[nodiscard]] std::optional<Snapshot> decode_snapshot(StreamNumber stream, Version version,
                                                      std::string_view record);
// Without the state, which is checked all the same.
[[nodiscard]] std::optional<SnapshotFacts> decode_snapshot_facts(StreamNumber stream,
                                                                 Version version,
                                                                 std::string_view record);

// `key` as in the table: the kind and the document's key.
[[nodiscard]] std::string encode_document(std::string_view key, std::string_view text);
[[nodiscard]] std::optional<std::string_view> decode_document(std::string_view key,
                                                              std::string_view record);

}  // namespace firn::lmdb
