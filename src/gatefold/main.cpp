#include "gatefold/cli/cli.h"

int main(int argc, char** argv) { return gatefold::cli::run(argc, argv); }
