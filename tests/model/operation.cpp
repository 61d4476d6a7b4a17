#include "tests/model/operation.hpp"

#include "tests/support/printing.hpp"

#include <sstream>

namespace firn::test {

namespace {

void print(std::ostream& out, const Expected& expected) {
    switch (expected.kind) {
        case Expected::Kind::any: out << "any"; break;
        case Expected::Kind::none: out << "none"; break;
        case Expected::Kind::exists: out << "exists"; break;
        case Expected::Kind::exactly: out << "exactly " << expected.version; break;
    }
}

void print(std::ostream& out, const StreamWrite& write) {
    out << write.stream << " expecting ";
    print(out, write.expected);
    if (write.kind == StreamWrite::Kind::delete_stream) {
        out << " delete";
        return;
    }
    if (write.kind == StreamWrite::Kind::begin_compacted) {
        out << " begin behind " << write.anchor->facts.version;
        return;
    }
    out << " append " << (write.events ? write.events->count() : 0);
    if (write.events && write.events->has_client_ids()) {
        out << " ids";
        EventDecoder decoder(write.events->bytes());
        EventView event;
        while (!decoder.at_end() && decoder.decode_next(event)) {
            std::uint64_t number = 0;
            std::memcpy(&number, event.id.data(), sizeof(number));
            out << ' ' << (event.id_from_client ? std::to_string(number) : "-");
        }
    }
}

void print(std::ostream& out, const std::vector<std::string>& values) {
    for (const auto& value : values) {
        out << ' ' << value;
    }
}

struct Printer {
    std::ostream& out;

    void operator()(const Commit& commit) const {
        out << "commit";
        for (const auto& transaction : commit.group) {
            out << " {";
            for (const auto& write : transaction.writes) {
                out << '[';
                print(out, write);
                out << ']';
            }
            out << '}';
        }
    }
    void operator()(const Read& read) const {
        out << "read " << read.stream << " from " << read.query.from
            << (read.query.direction == Direction::forward ? " forward" : " backward") << " limit "
            << read.query.limit << " bytes_max " << read.query.bytes_max;
    }
    void operator()(const Feed& feed) const {
        const auto& query = feed.query;
        out << "feed after " << query.after << " limit " << query.limit << " bytes_max "
            << query.bytes_max << " scan_max " << query.scan_max << " categories";
        print(out, query.categories);
        out << " types";
        print(out, query.types);
        out << " id_prefix '" << query.id_prefix << "'";
    }
    void operator()(const List& list) const {
        out << "list category '" << list.query.category << "' prefix '" << list.query.prefix
            << "' after " << list.query.after << " limit " << list.query.limit;
    }
    void operator()(const Facts& facts) const { out << "facts " << facts.stream; }
    void operator()(const FindEvent& find) const {
        std::uint64_t number = 0;
        std::memcpy(&number, find.id.data(), sizeof(number));
        out << "find event " << number << " in " << find.stream;
    }
    void operator()(const SaveSnapshot& save) const {
        const auto& facts = save.snapshot.facts;
        out << "save snapshot of " << save.stream << " at " << facts.version << " kind "
            << static_cast<int>(facts.kind) << " revision " << facts.revision << " keep "
            << save.keep << " bytes " << save.snapshot.state.size();
    }
    void operator()(const LoadSnapshot& load) const {
        out << "load snapshot of " << load.stream << " at most " << load.at_most << " revision "
            << load.revision;
    }
    void operator()(const RemoveSnapshot& remove) const {
        out << "remove snapshot of " << remove.stream << " at " << remove.version;
    }
    void operator()(const WriteDocument& write) const {
        out << (write.text ? "put" : "erase") << " document " << static_cast<char>(write.kind)
            << ' ' << write.key;
    }
    void operator()(const ReadDocuments& read) const {
        out << "read documents " << static_cast<char>(read.kind) << ' ' << read.key << " limit "
            << read.limit;
    }
    void operator()(const Cut& cut) const { out << "cut " << cut.stream << " to " << cut.up_to; }
    void operator()(const Reclaim& reclaim) const { out << "reclaim " << reclaim.events_max; }
    void operator()(const VacuumStep& step) const {
        out << "vacuum for " << step.budget.count() << " ms";
    }
    void operator()(const Stats&) const { out << "stats"; }
    void operator()(const Reopen&) const { out << "reopen"; }
    void operator()(const Crash&) const { out << "crash"; }
};

}  // namespace

std::string describe(const Operation& operation) {
    std::ostringstream out;
    std::visit(Printer{out}, operation);
    return out.str();
}

}  // namespace firn::test
