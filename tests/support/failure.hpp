// The error that an act throws; a test fails if there is none.
#pragma once

#include <functional>
#include <lapstrake/base/error.hpp>
#include <stdexcept>

inline lapstrake::Error failure_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const lapstrake::Error& error) {
    return error;
  }
  throw std::runtime_error("nothing was thrown");
}
