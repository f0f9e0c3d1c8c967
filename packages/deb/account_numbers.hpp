// The numbers of new users and groups.
#pragma once
#include <lapstrake/packages/deb/accounts.hpp>

#include "account_files.hpp"
#include "wanted_accounts.hpp"

namespace lapstrake::packages::deb {

// Those of `wanted` that leave the number open and do not exist, as allocate() returns them.
Accounts numbers_for(const WantedAccounts& wanted, const AccountFiles& files, const Accounts& known);

// Adds all of `wanted` to `files`, with the numbers of numbers_for(). Error{usage}: one has no number.
void add_accounts(const WantedAccounts& wanted, const Accounts& numbers, AccountFiles& files);

}  // namespace lapstrake::packages::deb
