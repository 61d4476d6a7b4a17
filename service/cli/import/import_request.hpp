// An import: one request whose body is sent while the server's lines of progress are read.
//
// What the server is done with stays, whatever happens later. Where the body's own source fails,
// what it gave before is still imported. Thread: one; the call blocks. Errors: CommandFailure,
// naming the input's line where it is about one; Stopped. The counters say how far it came.
#pragma once

#include "service/cli/http_stream.hpp"
#include "service/cli/import/import_body.hpp"
#include "service/cli/import/import_counters.hpp"

namespace firn::cli {

struct ImportTarget {
    ServerUrl server;
    StopSignals* stop = nullptr;
};

void run_import(const ImportTarget& target, ImportBody& body, ImportCounters& counters);

}  // namespace firn::cli
