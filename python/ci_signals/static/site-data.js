// Data files are scripts that call siteData(name, value): a page opened from file:// may not fetch().
"use strict";
(() => {
  const waiting = new Map();
  const loaded = new Map();

  globalThis.siteData = (name, value) => waiting.get(name)?.resolve(value);

  // The value in data/<name>.js beside the page. The file is loaded once.
  function loadData(name) {
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
  }

  // The first row holds the names; the others become objects.
  const asObjects = ([names, ...rows]) =>
    rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]])));

  Object.assign(globalThis.ciSignals, { asObjects, loadData });
})();
