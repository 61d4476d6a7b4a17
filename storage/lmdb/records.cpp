#include "storage/lmdb/records.hpp"

#include "storage/bytes.hpp"
#include "storage/checksum.hpp"
#include "storage/lmdb/keys.hpp"

namespace firn::lmdb {

namespace {

constexpr std::string_view store_key = "store";

std::string label_key(LabelKind kind, std::string_view text) {
    std::string key(1, static_cast<char>(kind));
    key.append(text);
    return key;
}

}  // namespace

std::optional<StoreRecord> read_store(const Transaction& transaction) {
    const auto bytes = transaction.get(Table::meta, store_key);
    if (!bytes) {
        return std::nullopt;
    }
    auto record = StoreRecord::decode(*bytes);
    if (!record) {
        throw CorruptRecord("the store's own record does not check");
    }
    return record;
}

void write_store(WriteTransaction& transaction, const StoreRecord& record) {
    transaction.put(Table::meta, store_key, record.encode());
}

std::optional<StreamNumber> find_stream(const Transaction& transaction, std::string_view name_key) {
    const auto bytes = transaction.get(Table::names, name_key);
    if (!bytes) {
        return std::nullopt;
    }
    ByteReader in(*bytes);
    const StreamNumber stream{in.take_int<std::uint64_t>()};
    const auto check = in.take_int<std::uint64_t>();
    if (!in.ok() || check != checksum(name_key, stream.value())) {
        throw CorruptRecord("a stream's name does not check");
    }
    return stream;
}

void write_name(WriteTransaction& transaction, const StreamName& name, StreamNumber stream) {
    const auto key = name_key(name);
    std::string value;
    put_int(value, stream.value());
    put_int(value, checksum(key, stream.value()));
    transaction.put(Table::names, key, value);
}

std::optional<StreamRecord> read_stream(const Transaction& transaction, StreamNumber stream) {
    const auto bytes = transaction.get(Table::streams, stream_key(stream));
    if (!bytes) {
        return std::nullopt;
    }
    auto record = StreamRecord::decode(*bytes);
    if (!record) {
        throw CorruptRecord("the record of stream number " + std::to_string(stream.value()) +
                            " does not check");
    }
    return record;
}

void write_stream(WriteTransaction& transaction, StreamNumber stream, const StreamRecord& record) {
    transaction.put(Table::streams, stream_key(stream), record.encode());
}

void write_marker(WriteTransaction& transaction, Position position, const Marker& marker) {
    std::string out;
    put_int(out, std::uint64_t{0});  // the checksum's place
    put_int(out, static_cast<std::uint8_t>(marker.kind));
    put_int(out, marker.stream.value());
    put_int(out, marker.version.value());
    put_int(out, static_cast<std::uint64_t>(marker.recorded_at.time_since_epoch().count()));
    const auto check = checksum(std::string_view(out).substr(8));
    std::memcpy(out.data(), &check, sizeof(check));
    transaction.put(Table::markers, position_key(position), out);
}

Marker decode_marker(std::string_view bytes) {
    ByteReader in(bytes);
    const auto check = in.take_int<std::uint64_t>();
    if (!in.ok() || check != checksum(in.rest())) {
        throw CorruptRecord("a marker does not check");
    }
    Marker marker;
    marker.kind = static_cast<Marker::Kind>(in.take_int<std::uint8_t>());
    marker.stream = StreamNumber{in.take_int<std::uint64_t>()};
    marker.version = Version{in.take_int<std::uint64_t>()};
    marker.recorded_at = Timestamp{
        std::chrono::microseconds{static_cast<std::int64_t>(in.take_int<std::uint64_t>())}};
    return marker;
}

std::uint32_t find_label(const Transaction& transaction, LabelKind kind, std::string_view text) {
    const auto bytes = transaction.get(Table::labels, label_key(kind, text));
    if (!bytes) {
        return 0;
    }
    ByteReader in(*bytes);
    const auto label = in.take_int<std::uint32_t>();
    const auto check = in.take_int<std::uint64_t>();
    if (!in.ok() || check != checksum(text, label)) {
        throw CorruptRecord("a label does not check");
    }
    return label;
}

std::uint32_t Labels::label(WriteTransaction& transaction, StoreRecord& store, LabelKind kind,
                            std::string_view text) {
    if (kind == LabelKind::type && last_type_label_ != 0 && text == last_type_) {
        return last_type_label_;
    }
    key_.assign(1, static_cast<char>(kind));
    key_.append(text);
    if (const auto known = known_.find(key_); known != known_.end()) {
        if (kind == LabelKind::type) {
            last_type_ = text;
            last_type_label_ = known->second;
        }
        return known->second;
    }
    auto label = find_label(transaction, kind, text);
    if (label == 0 && store.labels < labels_max) {
        label = ++store.labels;
        std::string value;
        put_int(value, label);
        put_int(value, checksum(text, label));
        transaction.put(Table::labels, key_, value);
    }
    if (label != 0) {
        known_.emplace(key_, label);
    }
    return label;
}

}  // namespace firn::lmdb
