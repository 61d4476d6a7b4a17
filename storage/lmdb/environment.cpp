#include "storage/lmdb/environment.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <utility>

namespace firn::lmdb {

namespace {

constexpr std::array<const char*, table_count> table_names = {
    "meta",    "names",  "streams", "chunks",    "positions", "ids",
    "markers", "labels", "garbage", "snapshots", "anchors",   "documents"};

void check(int code, const char* what) {
    if (code != MDB_SUCCESS) {
        throw LmdbError(what, code);
    }
}

MDB_val raw(std::string_view bytes) noexcept {
    // LMDB takes void*, but never writes through a key or a value that is put.
    return {bytes.size(), const_cast<char*>(bytes.data())};
}

int begin(MDB_env* env, unsigned flags, MDB_txn** txn) noexcept {
    // No environment: it could not be opened again after a fatal error.
    return env == nullptr ? MDB_PANIC : mdb_txn_begin(env, nullptr, flags, txn);
}

// More than threads that could ever read at once; a slot costs 64 bytes.
constexpr unsigned readers_max = 1024;

}  // namespace

LmdbError::LmdbError(const char* what, int code)
    : std::runtime_error(fmt::format("{}: {}", what, mdb_strerror(code))), code_(code) {}

bool LmdbError::disk_is_full() const noexcept {
    return code_ == ENOSPC || code_ == EDQUOT;
}

void Transaction::touch(Table table, std::string_view key) const noexcept {
    if (environment_->touched_) {
        environment_->touched_->note(table, key);
    }
}

MDB_dbi Transaction::table(Table table) const noexcept {
    return environment_->tables_[static_cast<std::size_t>(table)];
}

std::optional<std::string_view> Transaction::get(Table table, std::string_view key) const {
    auto raw_key = raw(key);
    MDB_val value{};
    const int code = mdb_get(txn_, this->table(table), &raw_key, &value);
    if (code == MDB_NOTFOUND) {
        return std::nullopt;
    }
    check(code, "reading a record");
    return std::string_view(static_cast<const char*>(value.mv_data), value.mv_size);
}

ReadTransaction::ReadTransaction(const Environment& environment)
    : Transaction(environment), gate_(environment.beside_others()) {
    {
        const std::scoped_lock lock(environment.readers_mutex_);
        started_ = environment.readers_.insert(std::chrono::steady_clock::now());
    }
    // Last, because a transaction that nobody ends would pin pages for ever.
    if (const int code = begin(environment.env_, MDB_RDONLY, &txn_); code != MDB_SUCCESS) {
        const std::scoped_lock lock(environment.readers_mutex_);
        environment.readers_.erase(started_);
        throw LmdbError("beginning to read", code);
    }
}

ReadTransaction::~ReadTransaction() {
    mdb_txn_abort(txn_);
    const std::scoped_lock lock(environment_->readers_mutex_);
    environment_->readers_.erase(started_);
}

WriteTransaction::WriteTransaction(const Environment& environment) : Transaction(environment) {
    check(begin(environment.env_, 0, &txn_), "beginning to write");
}

WriteTransaction::~WriteTransaction() {
    if (txn_ != nullptr) {
        mdb_txn_abort(txn_);
        if (environment_->touched_) {
            environment_->touched_->discard();
        }
    }
}

void WriteTransaction::put(Table table, std::string_view key, std::string_view value) {
    auto raw_key = raw(key);
    auto raw_value = raw(value);
    touch(table, key);
    check(mdb_put(txn_, this->table(table), &raw_key, &raw_value, 0), "writing a record");
}

void WriteTransaction::append(Table table, std::string_view key, std::string_view value) {
    auto raw_key = raw(key);
    auto raw_value = raw(value);
    touch(table, key);
    check(mdb_put(txn_, this->table(table), &raw_key, &raw_value, MDB_APPEND),
          "appending a record");
}

bool WriteTransaction::erase(Table table, std::string_view key) {
    auto raw_key = raw(key);
    touch(table, key);
    const int code = mdb_del(txn_, this->table(table), &raw_key, nullptr);
    if (code == MDB_NOTFOUND) {
        return false;
    }
    check(code, "removing a record");
    return true;
}

void WriteTransaction::commit() {
    // Committed or not, the handle is gone afterwards; and where it failed, nobody knows.
    const int code = mdb_txn_commit(std::exchange(txn_, nullptr));
    if (environment_->touched_) {
        environment_->touched_->publish();
    }
    check(code, "committing");
}

Cursor::Cursor(const Transaction& transaction, Table table)
    : transaction_(&transaction), table_(table) {
    check(mdb_cursor_open(transaction.handle(), transaction.table(table), &cursor_),
          "opening a cursor");
}

Cursor::~Cursor() {
    mdb_cursor_close(cursor_);
}

bool Cursor::move(MDB_cursor_op operation) {
    const int code = mdb_cursor_get(cursor_, &key_, &value_, operation);
    if (code == MDB_NOTFOUND) {
        return false;
    }
    check(code, "walking a table");
    return true;
}

bool Cursor::seek(std::string_view key) {
    key_ = raw(key);
    return move(MDB_SET_RANGE);
}

bool Cursor::seek_at_most(std::string_view wanted) {
    if (!seek(wanted)) {
        return last();
    }
    return key() == wanted || previous();
}

bool Cursor::seek_ahead(std::string_view wanted, unsigned tries) {
    for (; tries > 0; --tries) {
        if (!next()) {
            return false;
        }
        if (key() >= wanted) {
            return true;
        }
    }
    return seek(wanted);
}

void Cursor::erase() {
    transaction_->touch(table_, key());
    check(mdb_cursor_del(cursor_, 0), "removing a record");
}

class Environment::Alone {
public:
    explicit Alone(const Environment& environment)
        : environment_(environment), turn_(environment.turnstile_) {
        environment.wanted_alone_.store(true, std::memory_order_release);
        gate_ = std::unique_lock(environment.gate_);
    }
    ~Alone() { environment_.wanted_alone_.store(false, std::memory_order_release); }
    Alone(const Alone&) = delete;
    Alone& operator=(const Alone&) = delete;

private:
    const Environment& environment_;
    std::unique_lock<std::mutex> turn_;
    std::unique_lock<std::shared_mutex> gate_;
};

std::shared_lock<std::shared_mutex> Environment::beside_others() const {
    // The gate itself lets readers in for as long as one is inside.
    if (wanted_alone_.load(std::memory_order_acquire)) {
        const std::scoped_lock wait(turnstile_);
    }
    return std::shared_lock(gate_);
}

Environment::Environment(std::filesystem::path file, std::size_t map_bytes, Access access)
    : file_(std::move(file)), map_bytes_(map_bytes), access_(access) {
    open();
}

Environment::~Environment() {
    close();
}

void Environment::open() {
    const unsigned reading = access_ == Access::reading ? unsigned{MDB_RDONLY} : 0u;
    const unsigned unsynced = access_ == Access::copying ? unsigned{MDB_NOSYNC} : 0u;
    try {
        check(mdb_env_create(&env_), "making an environment");
        check(mdb_env_set_mapsize(env_, map_bytes_), "setting the map's size");
        check(mdb_env_set_maxdbs(env_, table_count), "setting the number of tables");
        check(mdb_env_set_maxreaders(env_, readers_max), "setting the number of readers");
        // Cold reads are of single pages: read-ahead made them 20 times slower.
        const unsigned flags = MDB_NOSUBDIR | MDB_NOTLS | MDB_NORDAHEAD | reading | unsynced;
        check(mdb_env_open(env_, file_.c_str(), flags, 0600), "opening the file");
        MDB_txn* txn = nullptr;
        check(mdb_txn_begin(env_, nullptr, reading, &txn), "opening the tables");
        for (std::size_t i = 0; i < table_count; ++i) {
            const int code =
                mdb_dbi_open(txn, table_names[i],
                             access_ == Access::reading ? 0u : unsigned{MDB_CREATE}, &tables_[i]);
            if (code != MDB_SUCCESS) {
                mdb_txn_abort(txn);
                throw LmdbError("opening a table", code);
            }
        }
        check(mdb_txn_commit(txn), "opening the tables");
        // The file may have grown past what the configuration says.
        MDB_envinfo info{};
        check(mdb_env_info(env_, &info), "reading facts");
        map_bytes_ = info.me_mapsize;
    } catch (...) {
        close();
        throw;
    }
}

void Environment::close() noexcept {
    if (env_ != nullptr) {
        mdb_env_close(std::exchange(env_, nullptr));
    }
}

void Environment::grow() {
    const Alone alone(*this);
    if (const int code = mdb_env_set_mapsize(env_, map_bytes_ * 2); code != MDB_SUCCESS) {
        // The old map is gone, too.
        close();
        open();
        throw LmdbError("growing the map", code);
    }
    map_bytes_ *= 2;
}

void Environment::reopen() {
    const Alone alone(*this);
    close();
    open();
}

void Environment::sync() const {
    check(mdb_env_sync(env_, 1), "syncing");
}

void Environment::make_durable() {
    check(mdb_env_set_flags(env_, MDB_NOSYNC, 0), "syncing");
    sync();
    access_ = Access::writing;
}

void Environment::exchange(Environment& other) {
    const Alone alone(*this);
    std::swap(file_, other.file_);
    std::swap(map_bytes_, other.map_bytes_);
    std::swap(env_, other.env_);
    std::swap(tables_, other.tables_);
}

bool Environment::is_usable() const {
    try {
        (void)read();
        return true;
    } catch (const LmdbError& error) {
        return !error.is_fatal();
    }
}

void Environment::drop_stale_readers() const {
    int dropped = 0;
    check(mdb_reader_check(env_, &dropped), "checking readers");
}

std::chrono::milliseconds Environment::oldest_reader() const {
    const std::scoped_lock lock(readers_mutex_);
    if (readers_.empty()) {
        return std::chrono::milliseconds{0};
    }
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                                 *readers_.begin());
}

std::uint64_t Environment::record_count() const {
    const auto txn = read();
    std::uint64_t count = 0;
    for (const auto table : tables_) {
        MDB_stat stat{};
        check(mdb_stat(txn.handle(), table, &stat), "reading facts");
        count += stat.ms_entries;
    }
    return count;
}

SpaceFacts Environment::space() const {
    const auto txn = read();
    MDB_stat stat{};
    MDB_envinfo info{};
    check(mdb_env_stat(env_, &stat), "reading facts");
    check(mdb_env_info(env_, &info), "reading facts");
    // LMDB's table 0 lists the pages that may be used again: per transaction a count, then ids.
    std::uint64_t free_pages = 0;
    MDB_cursor* cursor = nullptr;
    check(mdb_cursor_open(txn.handle(), 0, &cursor), "opening a cursor");
    MDB_val key{};
    MDB_val value{};
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == MDB_SUCCESS) {
        free_pages += *static_cast<const std::size_t*>(value.mv_data);
    }
    mdb_cursor_close(cursor);
    SpaceFacts facts;
    facts.file = std::filesystem::file_size(file_);
    facts.live = (info.me_last_pgno + 1 - free_pages) * stat.ms_psize;
    facts.free = facts.file > facts.live ? facts.file - facts.live : 0;
    return facts;
}

}  // namespace firn::lmdb
