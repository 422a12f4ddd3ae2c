// Data files are scripts that call siteData(name, value): a page opened from file:// may not fetch().
"use strict";
(() => {
  const waiting = new Map();
  const loaded = new Map();

  window.siteData = (name, value) => {
    const entry = waiting.get(name);
    if (entry) entry.resolve(value);
  };

  // The value of data/<name>.js beside the page; asked for once, however often it is needed.
  window.loadData = (name) => {
    if (loaded.has(name)) return loaded.get(name);
    const promise = new Promise((resolve, reject) => {
      waiting.set(name, { resolve });
      const script = document.createElement("script");
      script.src = `data/${name}.js`;
      script.onload = () => reject(new Error(`data/${name}.js holds no data`));
      script.onerror = () => reject(new Error(`data/${name}.js cannot be read`));
      document.head.append(script);
    });
    loaded.set(name, promise);
    promise.catch(() => loaded.delete(name));
    return promise;
  };

  // Rows whose first one holds the names, as objects.
  window.asObjects = ([names, ...rows]) =>
    rows.map((row) => Object.fromEntries(names.map((name, place) => [name, row[place]])));
})();
