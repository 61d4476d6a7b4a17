// A journal directory made of the input: segments with sound or unsound headers, records with
// right or wrong numbers, damage anywhere. Recovery refuses it with a sentence, or replays records
// in one unbroken row; checking says the same; and recovering what was recovered changes nothing.
#include "storage/journal/recovery.hpp"
#include "tests/support/whole_file.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;
using namespace firn;
using namespace firn::journal;

constexpr std::uint64_t store = 77;
constexpr std::uint64_t segment_bytes = 6 * block_bytes;

void require(bool holds, const char* what) {
    if (!holds) {
        std::fprintf(stderr, "broken: %s\n", what);
        std::abort();
    }
}

// Takes bytes off the front; zeros at the end.
class Input {
public:
    Input(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
    std::uint8_t byte() {
        if (size_ == 0) {
            return 0;
        }
        --size_;
        return *data_++;
    }
    std::string bytes(std::size_t count) {
        const auto taken = std::min(count, size_);
        std::string out(reinterpret_cast<const char*>(data_), taken);
        data_ += taken;
        size_ -= taken;
        return out;
    }
    [[nodiscard]] bool is_empty() const { return size_ == 0; }

private:
    const std::uint8_t* data_;
    std::size_t size_;
};

const fs::path& directory() {
    static const fs::path path = [] {
        const fs::path base = fs::is_directory("/dev/shm") ? "/dev/shm" : "/tmp";
        return base / ("firn-journal-fuzzer-" + std::to_string(::getpid()));
    }();
    return path;
}

void add_records(Input& input, std::string& file, std::uint64_t epoch) {
    std::size_t at = block_bytes;
    for (auto records = input.byte() % 6; records > 0; --records) {
        const auto payload = input.bytes(input.byte());
        std::string record(padded(record_header_bytes + payload.size()), '\0');
        std::memcpy(record.data() + record_header_bytes, payload.data(), payload.size());
        const RecordHeader header{.payload_bytes = static_cast<std::uint32_t>(payload.size()),
                                  .epoch = input.byte() % 8 == 0 ? epoch + 1 : epoch,
                                  .sequence = input.byte() % 12u,
                                  .first_position = {},
                                  .recorded_at = {},
                                  .events = 0};
        seal_record(header, record.data());
        if (at + record.size() <= file.size()) {
            file.replace(at, record.size(), record);
        }
        at += record.size();
    }
}

void add_segment(Input& input, int number) {
    const auto path = directory() / ((input.byte() % 4 == 0 ? "spare-" : "000") +
                                     std::to_string(number) + ".segment");
    if (input.byte() % 8 == 0) {
        test::write_text(path, input.bytes(200));
        return;
    }
    auto segment = Segment::create(path, store, segment_bytes);
    require(segment.has_value(), "a segment can be made");
    const std::uint64_t epoch = input.byte() % 5u;
    require(!segment->begin(epoch, input.byte() % 12u), "and begun");
    auto file = test::text_of(path);
    add_records(input, file, epoch);
    for (auto damages = input.byte() % 3; damages > 0; --damages) {
        const std::size_t at = (input.byte() | input.byte() << 8) % file.size();
        file[at] = static_cast<char>(input.byte());
    }
    test::write_text(path, file);
}

struct Recovered {
    std::uint64_t next_sequence = 0;
    std::vector<std::string> payloads;
};

std::optional<Recovered> recover_all(std::uint64_t settled) {
    const RecoveryRequest request{
        .directory = directory(), .store = store, .settled_sequence = settled};
    Recovered recovered;
    auto expected = settled;
    const auto take = [&](const RecordView& record) {
        require(record.header.sequence > settled, "what has settled is not replayed");
        require(expected == settled || record.header.sequence == expected + 1, "no gap");
        expected = record.header.sequence;
        recovered.payloads.emplace_back(record.payload);
    };
    try {
        const auto start = recover(request, take);
        require(start.next_sequence > settled && start.next_sequence > expected,
                "writing goes on behind everything");
        recovered.next_sequence = start.next_sequence;
        return recovered;
    } catch (const StorageFailure& failure) {
        require(std::string_view(failure.what()).find(".segment") != std::string_view::npos,
                "a refusal names the file");
        return std::nullopt;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fs::remove_all(directory());
    fs::create_directories(directory());
    Input input(data, size);
    const std::uint64_t settled = input.byte() % 6u;
    for (int number = 1; number <= 4 && !input.is_empty(); ++number) {
        add_segment(input, number);
    }
    const auto checked =
        check({.directory = directory(), .store = store, .settled_sequence = settled},
              [](const RecordView&) {});
    const auto recovered = recover_all(settled);
    require(recovered.has_value() == checked.problems.empty(), "checking and recovering agree");
    if (recovered) {
        require(checked.next_sequence == recovered->next_sequence, "on where writing goes on, too");
        const auto again = recover_all(settled);
        require(again && again->payloads == recovered->payloads &&
                    again->next_sequence == recovered->next_sequence,
                "recovering twice gives the same");
    }
    fs::remove_all(directory());
    return 0;
}
