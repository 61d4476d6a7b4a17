// Prints the state hash of each line of standard input, which is a JSON text: the program's side of
// state_hash_test.py.
#include "actors/json/canonical.hpp"
#include "actors/json/value.hpp"

#include <iostream>
#include <string>

int main() {
    for (std::string line; std::getline(std::cin, line);) {
        const auto value = firn::parse_json(line);
        if (!value) {
            std::cerr << line << ": " << value.error().reason << "\n";
            return 1;
        }
        std::cout << firn::to_hex(firn::state_hash(*value)) << "\n";
    }
    return 0;
}
