// Requests that two servers on the way could understand differently. Each must be refused and end
// the connection, so that no byte after it is ever taken for a request.
#include "tests/support/echo_server.hpp"
#include "tests/support/http_client.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace firn::test {

namespace {

constexpr char smuggled[] = "GET /echo/smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";

struct Form {
    const char* name;
    std::string head;  // without Host and the empty line, with its CRLFs
    std::string body = {};

    friend std::ostream& operator<<(std::ostream& out, const Form& form) {
        return out << form.name;
    }
};

const std::string post = "POST /echo HTTP/1.1\r\nContent-Type: application/json\r\n";
const std::string post_chunked = post + "Transfer-Encoding: chunked\r\n";
const std::string host = "Host: localhost\r\n";

const Form forms[] = {
    {"length and chunked", post + host + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
     "0\r\n\r\n"},
    {"chunked and length", post_chunked + host + "Content-Length: 4\r\n", "0\r\n\r\n"},
    {"two lengths", post + host + "Content-Length: 2\r\nContent-Length: 3\r\n", "{} "},
    {"one length twice", post + host + "Content-Length: 2\r\nContent-Length: 2\r\n", "{}"},
    {"a list of lengths", post + host + "Content-Length: 2, 2\r\n", "{}"},
    {"a signed length", post + host + "Content-Length: +2\r\n", "{}"},
    {"a negative length", post + host + "Content-Length: -2\r\n", "{}"},
    {"a hexadecimal length", post + host + "Content-Length: 0x2\r\n", "{}"},
    {"an empty length", post + host + "Content-Length: \r\n", "{}"},
    {"a length past 64 bits", post + host + "Content-Length: 18446744073709551618\r\n", "{}"},
    {"an unknown coding", post + host + "Transfer-Encoding: gzip\r\n", "{}"},
    {"chunked not last", post + host + "Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"},
    {"a coding before chunked", post + host + "Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"},
    {"chunked twice", post_chunked + host + "Transfer-Encoding: chunked\r\n", "0\r\n\r\n"},
    {"a misspelt coding", post + host + "Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"},
    {"a quoted coding", post + host + "Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n"},
    {"chunked in HTTP/1.0",
     "POST /echo HTTP/1.0\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n" +
         host,
     "0\r\n\r\n"},
    {"a folded field", post + host + "X-Folded: a\r\n b\r\n"},
    {"a folded coding", post + host + "Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n"},
    {"a space before the colon", post + host + "Content-Length : 2\r\n", "{}"},
    {"a space before the first field", post + " " + host},
    {"a field without a name", post + host + ": x\r\n"},
    {"a field without a colon", post + host + "Nonsense\r\n"},
    {"a NUL in a field", post + host + std::string("X: a\0b\r\n", 8)},
    {"a bare CR in a field", post + host + "X: a\rTransfer-Encoding: chunked\r\n"},
    {"a bare LF after a field", post + host + "X: a\nContent-Length: 2\r\n", "{}"},
    {"a bare LF after the request line", "GET /echo HTTP/1.1\n" + host},
    {"no Host", "GET /echo HTTP/1.1\r\n"},
    {"two Hosts", "GET /echo HTTP/1.1\r\n" + host + host},
    {"another host in the target", "GET http://other.example/echo HTTP/1.1\r\n" + host},
    {"a request line without a target", "GET HTTP/1.1\r\n" + host},
    {"two spaces in the request line", "GET  /echo HTTP/1.1\r\n" + host},
    {"a space in the target", "GET /echo x HTTP/1.1\r\n" + host},
    {"a version of the future", "GET /echo HTTP/2.0\r\n" + host},
    {"a version of the past", "GET /echo HTTP/0.9\r\n" + host},
    {"a method with a bracket", "G(T /echo HTTP/1.1\r\n" + host},
    {"an upgrade in disguise", "PRI * HTTP/2.0\r\n"},
    {"a chunk size that is none", post_chunked + host, "g\r\n"},
    {"a chunk size with a prefix", post_chunked + host, "0x2\r\n{}\r\n0\r\n\r\n"},
    {"a negative chunk size", post_chunked + host, "-2\r\n{}\r\n0\r\n\r\n"},
    {"a chunk size past 64 bits", post_chunked + host, "10000000000000002\r\n{}\r\n0\r\n\r\n"},
    {"a chunk longer than it says", post_chunked + host, "1\r\n{}\r\n0\r\n\r\n"},
    {"a chunk size that ends with LF", post_chunked + host, "2\n{}\r\n0\r\n\r\n"},
    {"chunk data that ends with LF", post_chunked + host, "2\r\n{}\n0\r\n\r\n"},
    {"a chunk extension with a LF", post_chunked + host, "2;a\nb\r\n{}\r\n0\r\n\r\n"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(given_a_request_of_two_meanings)

BOOST_DATA_TEST_CASE(when_it_is_sent_then_it_is_refused_and_nothing_after_it_is_answered, forms,
                     form) {
    EchoServer server;
    HttpClient client(server.port());
    client.send(form.head + "\r\n" + form.body + smuggled);
    const auto reply = client.read();
    BOOST_TEST(reply.status == 400);
    BOOST_TEST(reply.header("Content-Type") == "application/problem+json");
    BOOST_TEST(reply.header("Connection") == "close");
    BOOST_TEST(reply.header("X-Request-Id") != "");
    BOOST_TEST(client.ended());
}

BOOST_AUTO_TEST_CASE(when_a_length_hides_a_request_then_it_is_only_a_body) {
    EchoServer server;
    HttpClient client(server.port());
    const std::string inner = smuggled;
    BOOST_TEST(client.post("/echo", inner).body == "POST /echo " + inner);
    BOOST_TEST(client.get("/echo").body == "GET /echo ");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
