# lapstrake_room(NAME layers SOURCES a.cpp b.cpp DEPENDS base oci LIBRARIES LibArchive::LibArchive)
#
# Declares the static library lapstrake_<room> (`/` becomes `_`) and records its dependencies; tests/rooms reads the list (rooms.txt in the
# build folder) and compares the includes with it. Headers that other rooms may use are in include/lapstrake/<room>/.
#
# lapstrake_room_test(NAME layers SOURCES x_test.cpp [LIBRARIES ...])
#
# Declares the test program <room>_test, which links only its room (with the room's dependencies):
# a call to any other room fails to link.
file(WRITE ${CMAKE_BINARY_DIR}/rooms.txt "")

function(lapstrake_room)
  cmake_parse_arguments(ROOM "" "NAME" "SOURCES;DEPENDS;LIBRARIES" ${ARGN})
  string(REPLACE "/" "_" target ${ROOM_NAME})
  add_library(lapstrake_${target} STATIC ${ROOM_SOURCES})
  target_include_directories(lapstrake_${target} PUBLIC ${CMAKE_SOURCE_DIR}/include PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(lapstrake_${target} PRIVATE lapstrake_options)
  target_link_libraries(lapstrake_${target} PUBLIC ${ROOM_LIBRARIES} Threads::Threads)
  foreach(other ${ROOM_DEPENDS})
    string(REPLACE "/" "_" other ${other})
    target_link_libraries(lapstrake_${target} PUBLIC lapstrake_${other})
  endforeach()
  set_target_properties(lapstrake_${target} PROPERTIES UNITY_BUILD ${LAPSTRAKE_UNITY} UNITY_BUILD_BATCH_SIZE ${LAPSTRAKE_UNITY_FILES})
  if(LAPSTRAKE_PCH)
    lapstrake_precompile(lapstrake_${target} lapstrake_base)
  endif()
  list(JOIN ROOM_DEPENDS " " arrows)
  file(RELATIVE_PATH folder ${CMAKE_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  file(APPEND ${CMAKE_BINARY_DIR}/rooms.txt "${ROOM_NAME} ${folder} : ${arrows}\n")
endfunction()

function(lapstrake_room_test)
  if(NOT LAPSTRAKE_TESTS)
    return()
  endif()
  cmake_parse_arguments(ROOM "" "NAME" "SOURCES;LIBRARIES" ${ARGN})
  string(REPLACE "/" "_" target ${ROOM_NAME})
  set(sources)
  foreach(source ${ROOM_SOURCES})
    list(APPEND sources ${CMAKE_SOURCE_DIR}/tests/${ROOM_NAME}/${source})
  endforeach()
  add_executable(${target}_test ${sources})
  target_include_directories(${target}_test PRIVATE ${CMAKE_SOURCE_DIR}/tests ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${target}_test PRIVATE lapstrake_options lapstrake_test_main lapstrake_${target} ${ROOM_LIBRARIES})
  lapstrake_precompile(${target}_test base_test <support/catch.hpp>)
  target_compile_definitions(${target}_test PRIVATE LAPSTRAKE_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  # ThreadSanitizer cannot find anything with one thread, and takes five times as long.
  set(filter)
  if(LAPSTRAKE_SANITIZE MATCHES "thread")
    set(filter "~[one thread]")
  endif()
  add_test(NAME ${target} COMMAND ${target}_test ${filter})
  set_tests_properties(${target} PROPERTIES TIMEOUT 900 LABELS unit)
endfunction()

# The first target builds the precompiled header, the others use it.
function(lapstrake_precompile target first)
  if(target STREQUAL first)
    target_precompile_headers(${target} PRIVATE ${LAPSTRAKE_PCH_HEADERS} ${ARGN})
  else()
    target_precompile_headers(${target} REUSE_FROM ${first})
  endif()
endfunction()
