// The little language of the journal's tests: records in, recovery out, bytes damaged in between.
// Thread: one. Errors: failed checks; StorageFailure from recovering.
#pragma once

#include "storage/journal/recovery.hpp"
#include "tests/support/printing.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/whole_file.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace firn::test {

namespace fs = std::filesystem;

// A record as the journal writes it, padding included.
inline std::string sealed(const journal::RecordHeader& header, std::string_view payload) {
    std::string record(journal::padded(journal::record_header_bytes + payload.size()), '\0');
    auto whole = header;
    whole.payload_bytes = static_cast<std::uint32_t>(payload.size());
    std::memcpy(record.data() + journal::record_header_bytes, payload.data(), payload.size());
    journal::seal_record(whole, record.data());
    return record;
}

class GivenAJournal {
public:
    static constexpr std::uint64_t store = 77;
    static constexpr std::uint64_t segment_bytes = 8 * journal::block_bytes;

    // Begins where the directory's recovery leaves off.
    void open() {
        replayed_.clear();
        auto start = recover();
        journal_.emplace(config(), std::move(start));
    }
    void open(journal::JournalConfig config) {
        auto start = recover();
        journal_.emplace(std::move(config), std::move(start));
    }
    void close() { journal_.reset(); }

    journal::JournalConfig config() {
        return {.directory = directory_.path(),
                .store = store,
                .segment_bytes = segment_bytes,
                .segments = 3,
                .report = [this](std::string_view said) { reports_.emplace_back(said); }};
    }

    result<void> append(std::string_view payload) {
        journal::AlignedBuffer record;
        record.reserve(journal::padded(journal::record_header_bytes + payload.size()));
        std::memcpy(record.data() + journal::record_header_bytes, payload.data(), payload.size());
        return journal_->append(
            {.payload_bytes = static_cast<std::uint32_t>(payload.size()), .events = 1}, record);
    }
    void must_append(std::string_view payload) {
        const auto done = append(payload);
        BOOST_REQUIRE_MESSAGE(done.has_value(), done.error().message());
    }

    // The payloads that recovery replays, and where writing would go on.
    journal::JournalStart recover(std::uint64_t settled = 0) {
        replayed_.clear();
        return journal::recover(
            {.directory = directory_.path(), .store = store, .settled_sequence = settled},
            [this](const journal::RecordView& record) { replayed_.emplace_back(record.payload); });
    }
    // What recovery says when it refuses.
    std::string refusal(std::uint64_t settled = 0) {
        try {
            (void)recover(settled);
        } catch (const StorageFailure& failure) {
            BOOST_TEST((failure.cause() == StorageFailure::Cause::damaged));
            return failure.what();
        }
        return "recovered";
    }

    journal::Journal& journal() { return *journal_; }
    const std::vector<std::string>& replayed() const { return replayed_; }
    const std::vector<std::string>& reports() const { return reports_; }
    const fs::path& directory() const { return directory_.path(); }
    std::vector<fs::path> files() const {
        std::vector<fs::path> found;
        for (const auto& file : fs::directory_iterator(directory_.path())) {
            found.push_back(file.path());
        }
        std::ranges::sort(found);
        return found;
    }
    // Changes one byte of a file.
    void flip(const fs::path& path, std::size_t at) {
        auto bytes = text_of(path);
        bytes.at(at) = static_cast<char>(bytes.at(at) ^ 0x40);
        write_text(path, bytes);
    }

private:
    TemporaryDirectory directory_;
    std::optional<journal::Journal> journal_;
    std::vector<std::string> replayed_;
    std::vector<std::string> reports_;
};

}  // namespace firn::test
