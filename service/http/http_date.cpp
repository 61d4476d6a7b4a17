#include "service/http/http_date.hpp"

#include <chrono>

namespace firn {

namespace {

void put_two(char* at, unsigned number) noexcept {
    at[0] = static_cast<char>('0' + number / 10);
    at[1] = static_cast<char>('0' + number % 10);
}

void put_three(char* at, std::string_view names, unsigned index) noexcept {
    names.copy(at, 3, index * 3);
}

}  // namespace

std::string_view HttpDate::now() noexcept {
    constexpr std::size_t size = 29;
    timespec time{};
    // The coarse clock costs no system call; it lags by a few milliseconds.
    clock_gettime(CLOCK_REALTIME_COARSE, &time);
    if (time.tv_sec == second_) {
        return {text_, size};
    }
    second_ = time.tv_sec;
    using namespace std::chrono;
    const sys_seconds at{seconds{second_}};
    const auto day = floor<days>(at);
    const year_month_day date(day);
    const hh_mm_ss clock(at - day);
    const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
    std::string_view("Ddd, 00 Mmm 0000 00:00:00 GMT").copy(text_, size);
    put_three(text_, "SunMonTueWedThuFriSat", weekday(day).c_encoding());
    put_two(text_ + 5, static_cast<unsigned>(date.day()));
    put_three(text_ + 8, "JanFebMarAprMayJunJulAugSepOctNovDec",
              static_cast<unsigned>(date.month()) - 1);
    put_two(text_ + 12, year / 100);
    put_two(text_ + 14, year % 100);
    put_two(text_ + 17, static_cast<unsigned>(clock.hours().count()));
    put_two(text_ + 20, static_cast<unsigned>(clock.minutes().count()));
    put_two(text_ + 23, static_cast<unsigned>(clock.seconds().count()));
    return {text_, size};
}

}  // namespace firn
