// Prints the JSON Schema, for schema_test.py.
#include <cstdio>
#include <lapstrake/spec/schema.hpp>

int main() { return std::fputs(lapstrake::spec::json_schema().c_str(), stdout) < 0 ? 1 : 0; }
