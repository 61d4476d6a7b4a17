#include "service/cli/import/import_run.hpp"

#include "service/cli/exit_code.hpp"
#include "service/cli/import/batch_delivery.hpp"
#include "service/cli/import/batch_queues.hpp"
#include "service/cli/import/line_reader.hpp"

#include <random>
#include <thread>
#include <unordered_map>

namespace firn::cli {
namespace {

// Groups lines by stream, window after window.
class Windows {
public:
    Windows(const ImportConfig& config, BatchQueues& queues, ImportCounters& counters)
        : config_(config), queues_(queues), counters_(counters) {}

    // False: a sender failed.
    [[nodiscard]] bool add(const ImportEvent& event, std::uint64_t line) {
        auto [place, is_new] = streams_.try_emplace(event.stream);
        auto& stream = place->second;
        counters_.streams += is_new ? 1 : 0;
        if (stream.window != window_) {
            stream.window = window_;
            stream.batch = batches_.size();
            batches_.emplace_back(event.stream, stream.events);
        }
        auto& batch = batches_[stream.batch];
        const auto before = batch.size() == 0 ? 0 : batch.bytes();
        batch.add(event, line);
        bytes_ += batch.bytes() - before;
        stream.events = stream.events.next();
        ++counters_.read;
        return bytes_ < config_.window_bytes || flush();
    }

    [[nodiscard]] bool flush() {
        for (auto& batch : batches_) {
            if (!queues_.push(std::move(batch))) {
                return false;
            }
        }
        batches_.clear();
        bytes_ = 0;
        ++window_;
        return true;
    }

private:
    struct Stream {
        Version events;            // met so far
        std::uint64_t window = 0;  // the last one that holds events of it
        std::size_t batch = 0;     // in that window
    };

    const ImportConfig& config_;
    BatchQueues& queues_;
    ImportCounters& counters_;
    std::unordered_map<std::string, Stream> streams_;
    std::vector<StreamBatch> batches_;
    std::size_t bytes_ = 0;
    std::uint64_t window_ = 1;
};

void read_all(const ImportConfig& config, InputText& input, BatchQueues& queues,
              ImportCounters& counters) {
    LineReader lines(input);
    Windows windows(config, queues, counters);
    bool warned = false;
    while (const auto line = lines.next()) {
        const auto where = [&] { return input.name() + ", line " + std::to_string(line->number); };
        ImportEvent event;
        try {
            event = parse_import_line(line->text, config.fields);
        } catch (const CommandFailure& failure) {
            // The events before the bad line are good.
            static_cast<void>(windows.flush());
            throw CommandFailure(failure.code(), where() + ": " + failure.what() + ".");
        }
        if (!event.left_out.empty() && !warned) {
            warned = true;
            config.warn(where() + ": the event is its member \"data\"; \"" + event.left_out +
                        "\" and other members beside it are left out");
        }
        counters.input_offset = input.offset();
        if (!windows.add(event, line->number)) {
            return;
        }
    }
    static_cast<void>(windows.flush());
}

class Sender {
public:
    Sender(const ImportConfig& config, BatchQueues& queues, ImportCounters& counters,
           std::size_t number)
        : category_(config.category),
          queues_(queues),
          counters_(counters),
          number_(number),
          client_(config.server),
          random_(std::random_device{}()) {}

    void run() {
        try {
            while (const auto batch = queues_.pop(number_)) {
                deliver(*batch);
                queues_.sent(*batch);
            }
        } catch (...) {
            queues_.fail(std::current_exception());
        }
    }

private:
    void deliver(const StreamBatch& batch) {
        BatchDelivery delivery(batch, category_);
        while (!delivery.done() && !queues_.failed()) {
            const auto appended = delivery.appended();
            const auto skipped = delivery.skipped();
            const auto answer = client_.send(delivery.next());
            const auto pause = delivery.take(answer, chance_(random_));
            counters_.appended += delivery.appended() - appended;
            counters_.skipped += delivery.skipped() - skipped;
            if (pause) {
                ++counters_.waits;
                if (!queues_.pause(*pause)) {
                    return;
                }
            }
        }
    }

    const std::string& category_;
    BatchQueues& queues_;
    ImportCounters& counters_;
    const std::size_t number_;
    HttpClient client_;
    std::minstd_rand random_;
    std::uniform_real_distribution<double> chance_{0.5, 1.0};
};

}  // namespace

void run_import(const ImportConfig& config, InputText& input, ImportCounters& counters) {
    counters.input_size = input.size().value_or(0);
    BatchQueues queues(config.connections, config.sending_bytes);
    std::exception_ptr read_failure;
    {
        std::vector<std::jthread> senders;
        for (std::size_t i = 0; i < config.connections; ++i) {
            senders.emplace_back([&, i] { Sender(config, queues, counters, i).run(); });
        }
        try {
            read_all(config, input, queues, counters);
        } catch (...) {
            // What was read before is still sent.
            read_failure = std::current_exception();
        }
        queues.close();
    }
    queues.rethrow_failure();
    if (read_failure) {
        std::rethrow_exception(read_failure);
    }
}

}  // namespace firn::cli
