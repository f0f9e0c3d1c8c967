#include <algorithm>
#include <lapstrake/app/build/recipe_for.hpp>
#include <lapstrake/app/check/check.hpp>
#include <lapstrake/app/choose.hpp>
#include <lapstrake/app/images/base_image.hpp>
#include <lapstrake/app/packages/deb_step.hpp>
#include <lapstrake/app/packages/npm_step.hpp>
#include <lapstrake/app/packages/pip_step.hpp>
#include <lapstrake/app/project_files.hpp>
#include <lapstrake/app/publish/attach.hpp>
#include <lapstrake/app/tasks/register.hpp>
#include <lapstrake/aws/ecr/host.hpp>
#include <lapstrake/base/confined_folder.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/assemble.hpp>
#include <lapstrake/spec/source_lines.hpp>

#include "container_hosts.hpp"
#include "php_vendor.hpp"

namespace lapstrake::app {
namespace {

// No network is asked here.
Finding unknown_base(const spec::Image& image) {
  return {.severity = Finding::Severity::warning,
          .where = image.where,
          .message =
              cat("cannot check image `", image.name, "`: its base `", oci::text(*image.base), "` is not in the store"),
          .help = cat("run `lapstrake build ", image.name, "` to download it")};
}

// Without the steps that need a network or contents, and without those that refer to files which such steps bring.
oci::LayerRecipe checkable(oci::LayerRecipe recipe, bool& is_complete) {
  is_complete = is_complete && !recipe.deb && recipe.pips.empty() && recipe.npms.empty() && recipe.fetches.empty() &&
                recipe.from_images.empty();
  if (!is_complete) recipe.removals.clear();
  if (!is_complete || !recipe.edits.empty()) recipe.capabilities.clear();
  recipe.edits.clear();
  return recipe;
}

// Names of accounts may be of packages whose files are not known.
oci::LayerRecipe without_owners(oci::LayerRecipe recipe) {
  const auto set = [](auto& steps) {
    for (auto& step : steps) step.owner = oci::Owner{};
  };
  set(recipe.copies);
  set(recipe.files);
  set(recipe.directories);
  set(recipe.symlinks);
  set(recipe.archives);
  return recipe;
}

// Requests for packages, and .deb files of the project.
void check_deb(const Context& context, const spec::Project& project, const oci::Deb& deb, std::vector<Finding>& found) {
  for (const auto& request : deb.install) try {
      if (request.ends_with(".deb"))
        open_named_file(project.folder, request, context.build.allow_outside);
      else
        check_request(request);
    } catch (const Error& error) {
      found.push_back(finding_of(error, deb.where));
    }
}

// Lists what the image's layers would hold, as a build does, and stops there.
std::vector<Finding> check_image(const Context& context, const spec::Project& project, const spec::Image& image,
                                 const oci::Platform& platform) {
  std::vector<Finding> found;
  layers::BaseFiles below;
  try {
    auto known = known_base_files(context, project, image, platform);
    if (!known) return {unknown_base(image)};
    below = std::move(*known);
  } catch (const Error& error) {
    return {finding_of(error, image.where)};  // what lies on it cannot be judged
  }
  std::optional<layers::AccountTable> accounts;
  try {
    accounts.emplace(image.accounts, below);
    below.add_layer(accounts->entries(below));
  } catch (const Error& error) {
    return {finding_of(error, image.where)};
  }
  bool is_complete = true;    // all files of the layers so far are known
  bool is_assembled = true;   // no layer had an error
  bool has_packages = false;  // of Debian
  std::vector<oci::Copy> copies;
  for (const auto& layer : image.layers) try {
      has_packages = has_packages || layer.deb;
      auto recipe = checkable(for_platform(layer, platform), is_complete);
      if (recipe.deb) check_deb(context, project, *recipe.deb, found);
      if (has_packages) recipe = without_owners(std::move(recipe));
      copies.insert(copies.end(), recipe.copies.begin(), recipe.copies.end());
      below.add_layer(layers::assemble(recipe, below, *accounts,
                                       {.root = project.folder,
                                        .allow_outside = context.build.allow_outside,
                                        .own_files = own_files(),
                                        .scratch = scratch(context),
                                        .stop = context.runtime.stop}));
    } catch (const Error& error) {
      found.push_back(finding_of(error, layer.where));
      is_assembled = false;
    }
  for (auto& finding : check_php_vendor(context, project, copies, below, is_complete && is_assembled))
    found.push_back(std::move(finding));
  return found;
}

// They may be made after the image, but for those that a push must have.
void check_attachments(const Context& context, const spec::Image& image, std::vector<Finding>& found) {
  for (const auto& attachment : image.attachments) try {
      require_file(context, attachment);
    } catch (const Error& error) {
      found.push_back(finding_of(error, attachment.where));
      if (!attachment.required) found.back().severity = Finding::Severity::warning;
    }
}

void check_packages(const Context& context, const spec::Project& project, const spec::Image& image,
                    std::vector<Finding>& found) {
  const auto check_all = [&](const auto& steps) {
    for (const auto& step : steps) try {
        check_lock_file(context, project, step);
      } catch (const Error& error) {
        found.push_back(finding_of(error, step.where));
      }
  };
  for (const auto& layer : image.layers) {
    check_all(layer.pips);
    check_all(layer.npms);
  }
}

// What no push would ever use.
void check_settings(const spec::Image& image, std::vector<Finding>& found) {
  if (!image.repository_settings || image.repository.empty()) return;
  const auto host = oci::parse_registry_reference(image.repository).host;
  if (aws::parse_ecr_host(host)) return;
  found.push_back(
      {.severity = Finding::Severity::warning,
       .where = image.repository_settings->where,
       .message = cat("`repository_settings` applies only to Amazon ECR, and `", host, "` is not an ECR registry"),
       .help = "remove it; `lapstrake push --create-repository` creates repositories only in ECR"});
}

}  // namespace

std::vector<Finding> check(const Context& context, const spec::Project& project) {
  std::vector<Finding> all;
  for (const auto& image : project.images) {
    check_settings(image, all);
    check_attachments(context, image, all);
    check_packages(context, project, image, all);
  }
  for (const auto& image : project.images)
    for (const auto& platform : platforms_of(context, image))
      for (auto& finding : check_image(context, project, image, platform)) all.push_back(std::move(finding));
  for (auto& finding : check_container_hosts(context, project)) all.push_back(std::move(finding));
  for (auto& finding : check_tasks(context, project, {})) all.push_back(std::move(finding));
  // Each platform of an image has the same mistakes, most often.
  std::vector<Finding> once;
  for (auto& finding : all)
    if (std::none_of(once.begin(), once.end(), [&](const auto& one) {
          return one.where.text() == finding.where.text() && one.message == finding.message;
        }))
      once.push_back(std::move(finding));
  return spec::with_source_lines(std::move(once));
}

}  // namespace lapstrake::app
