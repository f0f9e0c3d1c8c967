# Warnings, sanitizers, coverage and ccache: targets link lapstrake_options.
add_library(lapstrake_options INTERFACE)
target_compile_options(lapstrake_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast
                                                   -Wcast-qual -Wextra-semi -Wimplicit-fallthrough -Wnull-dereference)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports these for correct library code once it inlines (std::string, std::variant, nlohmann_json).
  target_compile_options(lapstrake_options INTERFACE -Wno-null-dereference -Wno-restrict -Wno-maybe-uninitialized -Wno-dangling-pointer)
endif()
if(LAPSTRAKE_WERROR)
  target_compile_options(lapstrake_options INTERFACE -Werror)
endif()
if(LAPSTRAKE_SANITIZE)
  target_compile_options(lapstrake_options INTERFACE -fsanitize=${LAPSTRAKE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(lapstrake_options INTERFACE -fsanitize=${LAPSTRAKE_SANITIZE})
endif()
# What hashes and compresses is ten times slower without optimisation, and its tests with it.
set(LAPSTRAKE_OPTIMISED_ROOMS "" CACHE STRING "Rooms that a build without optimisation compiles with -O1")
if(LAPSTRAKE_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(lapstrake_options INTERFACE -Wno-tsan)  # of Boost's fences, which the sandbox has
endif()
if(LAPSTRAKE_FUZZ)
  # All code is instrumented for libFuzzer; in other programs the sanitizer's runtime provides the callbacks.
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang" OR NOT LAPSTRAKE_SANITIZE)
    message(FATAL_ERROR "LAPSTRAKE_FUZZ needs clang and LAPSTRAKE_SANITIZE: cmake --preset fuzz")
  endif()
  target_compile_options(lapstrake_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(LAPSTRAKE_COVERAGE)
  # Counts are correct with several threads.
  target_compile_options(lapstrake_options INTERFACE --coverage -fprofile-update=atomic)
  target_link_options(lapstrake_options INTERFACE --coverage)
endif()
if(CMAKE_BUILD_TYPE MATCHES "Rel" AND NOT LAPSTRAKE_SANITIZE)
  target_compile_options(lapstrake_options INTERFACE -fstack-protector-strong -fPIE)
  # glibc warns where the compiler cannot do level 3 (g++ 12 and clang 14 can).
  include(CheckCXXSourceCompiles)
  set(CMAKE_REQUIRED_FLAGS "-O2 -Werror -D_FORTIFY_SOURCE=3")
  check_cxx_source_compiles("#include <cstdio>\nint main() { return std::puts(\"\") < 0; }" LAPSTRAKE_FORTIFY_3)
  unset(CMAKE_REQUIRED_FLAGS)
  target_compile_definitions(lapstrake_options INTERFACE _FORTIFY_SOURCE=$<IF:$<BOOL:${LAPSTRAKE_FORTIFY_3}>,3,2>)
  target_link_options(lapstrake_options INTERFACE -pie -Wl,-z,relro,-z,now)
endif()

# The sanitizers' runtime makes programs large, and there are forty of them to link.
find_program(LLD ld.lld)
if(LLD AND LAPSTRAKE_SANITIZE)
  target_link_options(lapstrake_options INTERFACE -fuse-ld=lld)
endif()

# Precompiled headers make clean builds a quarter faster. Tests always use them; rooms do not in dev, so that each file has to include its headers.
option(LAPSTRAKE_PCH "Precompile the headers that most files include" OFF)
set(LAPSTRAKE_PCH_HEADERS <algorithm> <array> <chrono> <cstdint> <filesystem> <functional> <map> <memory> <mutex> <optional> <set> <string>
                          <string_view> <utility> <variant> <vector> <nlohmann/json.hpp>)

# A third of the time for builds from nothing. Not in dev, where each file has to compile alone and a change should compile little.
option(LAPSTRAKE_UNITY "Compile several sources of a room as one" OFF)
set(LAPSTRAKE_UNITY_FILES 16 CACHE STRING "How many sources LAPSTRAKE_UNITY compiles as one")
set(LAPSTRAKE_UNITY_TESTS 6 CACHE STRING "How many sources of a test program LAPSTRAKE_UNITY compiles as one")
if(LAPSTRAKE_UNITY)
  # Names of one source's anonymous namespace shadow those of another, and types seem to come from a header.
  target_compile_options(lapstrake_options INTERFACE -Wno-shadow)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(lapstrake_options INTERFACE -Wno-subobject-linkage)
  endif()
endif()

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # ccache(1), "Precompiled headers"
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    target_compile_options(lapstrake_options INTERFACE "SHELL:-Xclang -fno-pch-timestamp")
  endif()
endif()
