// A file that has its name only once it is whole: until then the bytes stand beside it, under a
// name with ".part" in it, which goes away if the file is given up. Thread: one. Errors:
// CommandFailure (bad_input) naming the file.
#pragma once

#include <string>
#include <string_view>

namespace firn::cli {

class ExportFile {
public:
    // `replace`: a file of that name may be there, and is replaced at the end.
    ExportFile(std::string path, bool replace);
    ~ExportFile();
    ExportFile(const ExportFile&) = delete;
    ExportFile& operator=(const ExportFile&) = delete;

    void write(std::string_view bytes);
    // Gives the file its name, once it is on the disk.
    void finish();

private:
    void check_free() const;
    void sync_directory() const;

    const std::string path_;
    const std::string part_;
    const bool replace_;
    int descriptor_ = -1;
    bool named_ = false;
};

}  // namespace firn::cli
