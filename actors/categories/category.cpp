#include "actors/categories/category.hpp"

#include "actors/deciders/external.hpp"

namespace firn {

bool CategoryInEffect::is_external() const noexcept {
    return decider_kind() == external_kind;
}

std::string_view CategoryInEffect::decider_kind() const noexcept {
    return engine             ? engine->kind()
           : settings.decider ? std::string_view(settings.decider->kind)
                              : std::string_view("merge_patch");
}

}  // namespace firn
