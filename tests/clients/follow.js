// Follows a feed from the place where this browser stopped reading it.
function follow(feed, onEvent, onCaughtUp) {
  const url = new URL(feed);
  const place = "place in " + feed;
  let source, again;
  function open() {
    url.searchParams.set("after", localStorage.getItem(place) ?? "0");
    source = new EventSource(url);
    source.onmessage = (message) => {
      onEvent(JSON.parse(message.data), message.lastEventId);
      localStorage.setItem(place, message.lastEventId);
    };
    source.addEventListener("caught-up", (message) => {
      onCaughtUp(message.lastEventId);
      localStorage.setItem(place, message.lastEventId);
    });
    source.onerror = () => {
      // A lost connection comes back by itself, with Last-Event-ID. An answer that is no feed (503,
      // or a proxy's page) ends an EventSource for good: begin a new one.
      if (source.readyState === EventSource.CLOSED) again = setTimeout(open, 1000);
    };
  }
  open();
  return () => { clearTimeout(again); source.close(); };
}
