// LMDB behind RAII: one environment, its tables, short read transactions and the one writer.
//
// Readers take a shared gate for as long as their transaction lives; growing the map, reopening and
// exchanging files take it alone, because LMDB allows none of it beside a live transaction. New
// readers wait meanwhile, so a thread must not begin to read while it reads.
// Thread: read() from any thread; write(), grow(), reopen() and exchange() from the settler's only.
// A transaction stays on the thread that began it.
// Errors: LmdbError, caught at the store's boundary. Source: LMDB 0.9.24's lmdb.h.
#pragma once

#include "storage/lmdb/touched_keys.hpp"

#include <lmdb.h>

#include <array>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace firn::lmdb {

class LmdbError : public std::runtime_error {
public:
    LmdbError(const char* what, int code);
    [[nodiscard]] int code() const noexcept { return code_; }
    [[nodiscard]] bool map_is_full() const noexcept { return code_ == MDB_MAP_FULL; }
    [[nodiscard]] bool disk_is_full() const noexcept;
    // The environment is unusable until it was closed and opened again.
    [[nodiscard]] bool is_fatal() const noexcept { return code_ == MDB_PANIC; }

private:
    int code_;
};

// The tables; storage/FORMAT.md says what each holds.
enum class Table : std::uint8_t {
    meta,
    names,
    streams,
    chunks,
    positions,
    ids,
    markers,
    labels,
    garbage,
    snapshots,
    anchors,
    documents,
};
inline constexpr std::size_t table_count = 12;

class Environment;

// What reading and writing transactions share. Values live until the next write or the end.
class Transaction {
public:
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    [[nodiscard]] std::optional<std::string_view> get(Table table, std::string_view key) const;
    [[nodiscard]] MDB_txn* handle() const noexcept { return txn_; }
    [[nodiscard]] MDB_dbi table(Table table) const noexcept;

protected:
    explicit Transaction(const Environment& environment) : environment_(&environment) {}
    ~Transaction() = default;

    friend class Cursor;
    void touch(Table table, std::string_view key) const noexcept;

    const Environment* environment_;
    MDB_txn* txn_ = nullptr;
};

class ReadTransaction : public Transaction {
public:
    explicit ReadTransaction(const Environment& environment);
    ~ReadTransaction();

private:
    std::shared_lock<std::shared_mutex> gate_;
    std::multiset<std::chrono::steady_clock::time_point>::iterator started_;
};

class WriteTransaction : public Transaction {
public:
    explicit WriteTransaction(const Environment& environment);
    ~WriteTransaction();  // aborts unless committed

    void put(Table table, std::string_view key, std::string_view value);
    // For keys that come in order: fills pages, where splitting would leave them half empty.
    void append(Table table, std::string_view key, std::string_view value);
    bool erase(Table table, std::string_view key);
    void commit();  // durable when it returns
};

// What an environment is opened for.
enum class Access : std::uint8_t {
    reading,
    writing,  // each commit is synced
    copying,  // no commit is, until make_durable(): a crash leaves a file that is good for nothing
};

// Walks a table in key order. Valid as long as its transaction.
class Cursor {
public:
    Cursor(const Transaction& transaction, Table table);
    ~Cursor();
    Cursor(const Cursor&) = delete;
    Cursor& operator=(const Cursor&) = delete;

    bool seek(std::string_view key);          // the first key >= this
    bool seek_at_most(std::string_view key);  // the last key <= this
    // The first key >= this, from a record before it: the next few are tried before it is looked
    // for.
    bool seek_ahead(std::string_view key, unsigned tries);
    bool first() { return move(MDB_FIRST); }
    bool next() { return move(MDB_NEXT); }
    bool previous() { return move(MDB_PREV); }
    bool last() { return move(MDB_LAST); }
    void erase();  // within a WriteTransaction

    [[nodiscard]] std::string_view key() const noexcept { return view(key_); }
    [[nodiscard]] std::string_view value() const noexcept { return view(value_); }

private:
    bool move(MDB_cursor_op operation);
    static std::string_view view(const MDB_val& raw) noexcept {
        return {static_cast<const char*>(raw.mv_data), raw.mv_size};
    }

    const Transaction* transaction_;
    Table table_;
    MDB_cursor* cursor_ = nullptr;
    MDB_val key_{};
    MDB_val value_{};
};

struct SpaceFacts {
    std::uint64_t live = 0;
    std::uint64_t free = 0;
    std::uint64_t file = 0;
};

class Environment {
public:
    Environment(std::filesystem::path file, std::size_t map_bytes, Access access = Access::writing);
    ~Environment();
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

    [[nodiscard]] ReadTransaction read() const { return ReadTransaction(*this); }
    [[nodiscard]] WriteTransaction write() const { return WriteTransaction(*this); }

    // Doubles the map. No write transaction may be open.
    void grow();
    // After a fatal error: closes and opens the file again. Where that fails, transactions fail
    // as after the fatal error, until it is called again and succeeds.
    void reopen();
    // False after a fatal error: no transaction begins any more.
    [[nodiscard]] bool is_usable() const;
    // What was committed without a sync is on disk when it returns.
    void sync() const;
    // The same for the last time: commits are synced from now on.
    void make_durable();
    // Each takes the other's file; waits for those who read here. Nobody may use the other one.
    void exchange(Environment& other);
    // From now on every key that is written is noted there; not within a write transaction.
    void note_keys(std::shared_ptr<TouchedKeys> touched) noexcept { touched_ = std::move(touched); }
    // Frees the slots of readers whose process died.
    void drop_stale_readers() const;

    [[nodiscard]] std::size_t map_bytes() const noexcept { return map_bytes_; }
    [[nodiscard]] std::chrono::milliseconds oldest_reader() const;
    [[nodiscard]] SpaceFacts space() const;
    // Records in all tables.
    [[nodiscard]] std::uint64_t record_count() const;

private:
    friend class Transaction;
    friend class Cursor;
    friend class ReadTransaction;
    friend class WriteTransaction;

    void open();
    void close() noexcept;
    [[nodiscard]] std::shared_lock<std::shared_mutex> beside_others() const;
    // Keeps new readers out until those who read have ended, however many come.
    class Alone;

    std::filesystem::path file_;
    std::size_t map_bytes_;
    Access access_;
    MDB_env* env_ = nullptr;
    std::array<MDB_dbi, table_count> tables_{};
    std::shared_ptr<TouchedKeys> touched_;
    mutable std::shared_mutex gate_;
    mutable std::mutex turnstile_;  // before gate_ where somebody wants it alone
    mutable std::atomic<bool> wanted_alone_{false};
    mutable std::mutex readers_mutex_;
    mutable std::multiset<std::chrono::steady_clock::time_point> readers_;
};

}  // namespace firn::lmdb
