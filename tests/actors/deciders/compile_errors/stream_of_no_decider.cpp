// Expected: D::initial must be callable as static State initial()
#include "actors/typed_stream.hpp"
#include "tests/actors/deciders/compile_errors/counter.hpp"

struct Mistaken {
    using State = firn::test::Count;
    using Event = firn::test::Counted;
    static State evolve(State state, const Event&) { return state; }
};

void use(firn::Service& service) {
    service.register_decider<Mistaken>("counter");
    auto stream = service.stream<Mistaken>("counter", "1");
}
