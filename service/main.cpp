// The program.

#include "service/cli/program.hpp"

int main(int argc, char** argv) {
    return firn::cli::run_program(argc, argv);
}
