// A whole import: reads the input in windows of lines, groups each by stream, and sends the groups
// over several connections.
//
// 1. The reader parses lines, counts each stream's events, and puts them into batches, one per
//    stream, until the window is full (its bytes bound the memory, whatever the input's size).
// 2. A window's batches go to the senders' queues; a stream always to the same sender.
// 3. Each sender sends a batch, looks at the answer (BatchDelivery) and goes on.
// Thread: run() blocks; it makes and joins its senders.
// Errors: CommandFailure; what was appended before stays, and repeating the import goes on there.
#pragma once

#include "service/cli/import/import_counters.hpp"
#include "service/cli/import/import_line.hpp"
#include "service/cli/import/input_text.hpp"
#include "service/cli/server_url.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace firn::cli {

struct ImportConfig {
    ServerUrl server;
    std::string category;
    ImportFields fields;
    std::size_t connections = 16;
    std::size_t window_bytes = 16u << 20;   // of events read, not sent
    std::size_t sending_bytes = 32u << 20;  // of batches queued or being sent
    // Told once, if lines hold members that no one takes.
    std::function<void(std::string_view)> warn = [](std::string_view) {};
};

void run_import(const ImportConfig& config, InputText& input, ImportCounters& counters);

}  // namespace firn::cli
