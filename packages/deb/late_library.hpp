// Libraries that are loaded when their first function is called, because they bring many others along.
#pragma once

namespace lapstrake::packages::deb {

// The address of a function of the library, which stays loaded. Error{input} when it is not installed; `package`: of
// Debian, that has it.
void* late_symbol(const char* library, const char* package, const char* name);

}  // namespace lapstrake::packages::deb
