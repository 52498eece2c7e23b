"""A local exchange over HTTP and WebSocket that speaks Binance spot and KuCoin market data."""
