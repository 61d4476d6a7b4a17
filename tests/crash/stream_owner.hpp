// A client that alone writes to some streams, so that it knows what each must be, however much of
// it was compacted: version, events that are held, and the state, which is a function of the
// version.
//
// It appends, reads, and now and then deletes a stream for good and begins another one. What was
// not answered is in doubt, and is sent again to the next server.
// Thread: one at a time. Errors: throws std::runtime_error with a sentence at the first thing that
// is not as promised; boost::system::system_error when the server is gone.
#pragma once

#include "storage/types.hpp"
#include "tests/support/random.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace firn::test {

class HttpConnection;

class StreamOwner {
public:
    static constexpr const char* category = "owned";

    // Its streams are called after it.
    StreamOwner(std::uint64_t seed, std::string name, std::size_t streams);

    void work_until_gone(std::uint16_t port);
    // Settles what is in doubt, then looks at every stream.
    void check(std::uint16_t port);
    // The same after everything but so many events of a stream was compacted.
    void check_kept(std::uint16_t port, std::uint64_t keep_last);

    // Ids that there are, or were a moment ago; for who works on the same streams.
    [[nodiscard]] std::string draw_id(Random& random) const;
    [[nodiscard]] std::uint64_t events() const noexcept { return events_; }
    [[nodiscard]] std::uint64_t deletions() const noexcept { return deletions_; }

private:
    struct Stream {
        std::string id;
        std::vector<EventId> events;  // all that it ever had
        bool deleted = false;
    };
    // Not answered yet: an append of the ids, or a deletion.
    struct Doubt {
        std::size_t stream = 0;
        std::vector<EventId> ids;
    };

    [[nodiscard]] static std::string path_of(const Stream& stream);
    void work(HttpConnection& connection);
    void send(HttpConnection& connection, bool again);
    void append(HttpConnection& connection, Stream& stream, bool again);
    void erase(HttpConnection& connection, Stream& stream, bool again);
    void check_state(HttpConnection& connection, const Stream& stream) const;
    // Answers the first version that is held.
    std::uint64_t check_stream(HttpConnection& connection, const Stream& stream) const;
    [[nodiscard]] Stream fresh();

    Random random_;
    const std::string name_;
    std::size_t made_ = 0;
    std::vector<Stream> streams_;
    std::vector<Stream> gone_;
    std::optional<Doubt> doubt_;
    std::uint64_t events_ = 0;
    std::uint64_t deletions_ = 0;
};

}  // namespace firn::test
