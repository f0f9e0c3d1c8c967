#include <lapstrake/packages/deb/signature.hpp>
