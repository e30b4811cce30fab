const field = document.getElementById("filter");
field.addEventListener("input", () => {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const section of document.querySelectorAll("section")) {
    let any = false;
    for (const item of section.querySelectorAll(".items li")) {
      const text = item.textContent.toLowerCase();
      item.hidden = !words.every((w) => text.includes(w));
      any ||= !item.hidden;
    }
    section.hidden = !any;
    section.querySelector(".opening").hidden = words.length > 0;
  }
});
