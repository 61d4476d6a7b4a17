// Expected: D takes no commands: it needs a D::Command and a D::decide
#include "actors/typed_stream.hpp"
#include "tests/support/file_history.hpp"

using firn::test::FileHistory;

void use(const firn::TypedStream<FileHistory>& stream) {
    auto call = stream.execute(firn::TypedStream<FileHistory>::Command{});
}
