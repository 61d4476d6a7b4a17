# cmake --install: the libraries, the headers, the program and find_package(firn).
