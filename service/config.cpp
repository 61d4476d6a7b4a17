#include "service/config.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace firn {

void ProgramConfig::validate() const {
    service.validate();
    http.validate();

    constexpr std::uint32_t threads_max = 1024;
    if (threads > threads_max) {
        throw std::invalid_argument("threads must be at most 1024");
    }
    constexpr std::array levels{"debug", "info", "warning", "error"};
    if (std::find(levels.begin(), levels.end(), log.level) == levels.end()) {
        throw std::invalid_argument("log.level must be debug, info, warning or error, not \"" +
                                    log.level + "\"");
    }
    if (!insecure && !boost::asio::ip::make_address(http.address).is_loopback()) {
        throw std::invalid_argument(
            "listen must stay on this machine unless --insecure is given: " + http.address +
            " would let others read, write and delete without any password");
    }
}

}  // namespace firn
