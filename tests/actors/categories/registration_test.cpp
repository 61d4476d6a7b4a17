// A program registers its deciders at each start; only what changed is written again.
#include "actors/categories/category_registry.hpp"
#include "actors/typed_stream.hpp"
#include "tests/actors/service_fixture.hpp"
#include "tests/support/account.hpp"

#include <boost/test/unit_test.hpp>

namespace firn {

using test::Account;
using test::ServiceFixture;

namespace {

// The same account, whose code changed.
struct ChangedAccount : Account {
    static constexpr std::uint32_t revision = 2;
};

struct Program : ServiceFixture {
    Program() {
        service->register_decider<Account>("account");
        open("account", "ann");
    }

    void start_again() {
        service->stop();
        service = nullptr;
        io.restart();
        io.poll();
        service = std::make_unique<Service>(io.get_executor(), ServiceConfig{},
                                            std::make_unique<test::ScriptedStore>(store));
        writes_before = store->documents().writes();
    }
    template <class D = Account>
    void register_again() {
        service->register_decider<D>("account");
    }
    // By the registrations since the start.
    [[nodiscard]] std::size_t written() const {
        return store->documents().writes() - writes_before;
    }
    void open(const std::string& category, const std::string& owner) {
        const Account::Open command{owner};
        BOOST_REQUIRE(run(service->stream<Account>(category, "42").execute(command)));
    }
    void set(const std::string& category, std::optional<CategorySettings> settings) {
        BOOST_REQUIRE(!run(service->set_category(category, std::move(settings))).error);
    }
    CategorySettings settings(const std::string& category) const {
        const auto found = service->categories()->find_set(category);
        BOOST_REQUIRE(found);
        return found->settings;
    }
    std::string owner(const std::string& category) {
        const auto now = run(service->stream<Account>(category, "42").state());
        BOOST_REQUIRE(now.has_value());
        return now->state.owner;
    }

    std::size_t writes_before = 0;
};

CategorySettings of_account(std::uint32_t every) {
    CategorySettings settings;
    settings.decider = DeciderSpec{.kind = "native", .source = {}, .name = "account"};
    settings.snapshots.every = every;
    return settings;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_program_that_registered_its_decider, Program)

BOOST_AUTO_TEST_CASE(when_it_starts_again_then_nothing_is_written_and_streams_have_their_type) {
    start_again();
    register_again();
    BOOST_TEST(written() == 0u);
    BOOST_TEST(owner("account") == "ann");
}

BOOST_AUTO_TEST_CASE(when_its_code_changed_then_the_new_revision_is_written_once) {
    start_again();
    register_again<ChangedAccount>();
    BOOST_TEST(written() == 1u);
    const auto revision = service->categories()->find_set("account")->revision;
    start_again();
    register_again<ChangedAccount>();
    BOOST_TEST(written() == 0u);
    BOOST_TEST(service->categories()->find_set("account")->revision == revision);
}

BOOST_AUTO_TEST_CASE(when_other_categories_name_it_then_they_have_it_again_without_a_write) {
    set("savings", of_account(7));
    open("savings", "bea");
    start_again();
    register_again();
    BOOST_TEST(written() == 0u);
    BOOST_TEST(owner("savings") == "bea");
    BOOST_TEST(settings("savings").snapshots.every.value() == 7u);
}

BOOST_AUTO_TEST_CASE(when_the_settings_were_changed_then_they_are_kept) {
    set("account", of_account(7));
    start_again();
    register_again();
    BOOST_TEST(written() == 0u);
    BOOST_TEST(settings("account").snapshots.every.value() == 7u);
    BOOST_TEST(owner("account") == "ann");
}

BOOST_AUTO_TEST_CASE(when_another_decider_was_set_meanwhile_then_it_is_written_again) {
    auto other = of_account(7);
    other.decider = DeciderSpec{};
    set("account", other);
    start_again();
    register_again();
    BOOST_TEST(written() == 1u);
    BOOST_TEST(settings("account").decider->kind == "native");
    BOOST_TEST(settings("account").snapshots.every.value() == 7u);
    BOOST_TEST(owner("account") == "ann");
}

BOOST_AUTO_TEST_CASE(when_the_category_was_removed_meanwhile_then_it_is_written_again) {
    set("account", std::nullopt);
    start_again();
    register_again();
    BOOST_TEST(written() == 1u);
    BOOST_TEST(owner("account") == "ann");
}

BOOST_AUTO_TEST_CASE(when_settings_are_on_their_way_then_they_are_not_overtaken) {
    start_again();
    register_again();
    store->documents().hold();
    auto change = start(service->set_category("account", of_account(7)));
    register_again();
    BOOST_TEST(!change.done());
    store->documents().release();
    BOOST_REQUIRE(!change.get().error);
    BOOST_TEST(settings("account").snapshots.every.value() == 7u);
    BOOST_TEST(owner("account") == "ann");
}

BOOST_AUTO_TEST_CASE(when_what_changed_cannot_be_written_then_the_start_fails_with_a_reason) {
    start_again();
    store->documents().fail(1);
    BOOST_CHECK_EXCEPTION(register_again<ChangedAccount>(), StorageFailure, [](const auto& error) {
        return std::string_view(error.what()).find("\"account\"") != std::string_view::npos;
    });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn
