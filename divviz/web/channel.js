// The short way to the numbers while the hand moves: a websocket of our own beside Streamlit's. What goes
// over it is what Streamlit would carry, so that it may be missing: then send() says so.

const AGAIN = 2000; // ms before a lost connection is tried once more

export function channel(path, heard) {
  if (!path) return { send: () => false };
  const url = new URL(path, document.baseURI);
  url.protocol = url.protocol.replace("http", "ws");
  let socket = null, tried = -Infinity;

  function open() {
    if (socket || performance.now() - tried < AGAIN) return;
    tried = performance.now();
    socket = new WebSocket(url);
    socket.onmessage = ({ data }) => { if (!heard(JSON.parse(data))) socket.close(); };
    socket.onclose = () => { socket = null; };
  }
  open();

  return {
    send(message) {
      if (socket && socket.readyState === WebSocket.OPEN) { socket.send(JSON.stringify(message)); return true; }
      open();
      return false;
    },
  };
}
